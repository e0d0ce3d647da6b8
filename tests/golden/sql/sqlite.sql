-- how many customers are there
SELECT (SELECT (SELECT count(*) AS count_1
FROM customers) - (SELECT count(*) AS count_1
FROM customers
WHERE customers.merged_into_id IS NOT NULL) AS anon_1) AS value;
-- bound: {}

-- how many customers live in that city
SELECT (SELECT count(customers.id) AS count_1
FROM customers
WHERE customers.merged_into_id IS NULL AND customers.city IN (:city_1_1)) AS value;
-- bound: {"city_1_1": "Robert'); DROP TABLE orders;--"}

-- how many customers are from Germany or France and agreed to marketing
SELECT (SELECT count(customers.id) AS count_1
FROM customers
WHERE customers.merged_into_id IS NULL AND customers.country IN (:country_1_1, :country_1_2) AND customers.marketing_consent IN (:marketing_consent_1_1)) AS value;
-- bound: {"country_1_1": "DE", "country_1_2": "FR", "marketing_consent_1_1": true}

-- revenue
SELECT (SELECT coalesce(sum(customer_stats.spend_base), :coalesce_2) AS coalesce_1
FROM customer_stats) + coalesce((SELECT coalesce(sum(orders.total_base), :coalesce_4) AS coalesce_3
FROM orders
WHERE orders.status != :status_1 AND orders.customer_id IS NULL), :coalesce_5) AS value;
-- bound: {"coalesce_2": 0, "coalesce_4": 0, "status_1": "cancelled", "coalesce_5": 0}

-- revenue in May
SELECT (SELECT coalesce(sum(orders.total_base), :coalesce_2) AS coalesce_1
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2) AS value;
-- bound: {"coalesce_2": 0, "status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00"}

-- net revenue this year
SELECT coalesce((SELECT coalesce(sum(orders.total_base), :coalesce_2) AS coalesce_1
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2), :coalesce_3) - coalesce((SELECT coalesce(sum(CAST(refunds.amount_base AS DOUBLE)), :coalesce_5) AS coalesce_4
FROM refunds
WHERE refunds.created_at >= :created_at_1 AND refunds.created_at < :created_at_2 AND refunds.status IN (:status_2_1, :status_2_2)), :coalesce_6) AS value;
-- bound: {"coalesce_2": 0, "status_1": "cancelled", "placed_at_1": "2026-01-01 00:00:00+01:00", "placed_at_2": "2026-06-30 12:00:00+00:00", "coalesce_3": 0, "coalesce_5": 0, "created_at_1": "2026-01-01 00:00:00+01:00", "created_at_2": "2026-06-30 12:00:00+00:00", "coalesce_6": 0, "status_2_1": "approved", "status_2_2": "paid"}

-- median order value
SELECT (SELECT avg(middle.number) AS avg_1
FROM (SELECT ranked.number AS number, ranked.place AS place, ranked.size AS size
FROM (SELECT orders.total_base AS number, row_number() OVER (ORDER BY orders.total_base) AS place, count(*) OVER () AS size
FROM orders
WHERE orders.status != :status_1 AND orders.total_base IS NOT NULL) AS ranked
WHERE :place_1 * ranked.place >= ranked.size AND :place_2 * ranked.place <= ranked.size + :size_1) AS middle) AS value;
-- bound: {"status_1": "cancelled", "place_1": 2, "place_2": 2, "size_1": 2}

-- average spend per buyer this year
SELECT (SELECT CAST(sum(orders.total_base) AS DOUBLE) / (nullif(count(DISTINCT orders.customer_id), :nullif_1) + 0.0) AS anon_1
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2) AS value;
-- bound: {"nullif_1": 0, "status_1": "cancelled", "placed_at_1": "2026-01-01 00:00:00+01:00", "placed_at_2": "2026-06-30 12:00:00+00:00"}

-- shipping charged in May
SELECT (SELECT coalesce(sum(CAST(orders.shipping * coalesce(CAST(orders.total_base AS DOUBLE) / (nullif(orders.total, :nullif_1) + 0.0), CASE WHEN (orders.currency = :currency_1) THEN :param_1 WHEN (orders.currency = :currency_2) THEN :param_2 END) AS DOUBLE)), :coalesce_2) AS coalesce_1
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2) AS value;
-- bound: {"nullif_1": 0, "currency_1": "EUR", "param_1": 1.0, "currency_2": "USD", "param_2": 0.92, "coalesce_2": 0, "status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00"}

-- refund rate
SELECT (SELECT avg(CAST(CASE WHEN (EXISTS (SELECT refunds.id
FROM refunds
WHERE refunds.order_id = orders.id)) THEN :param_1 ELSE :param_2 END AS DOUBLE)) AS avg_1
FROM orders
WHERE orders.status != :status_1) AS value;
-- bound: {"param_1": 1.0, "param_2": 0.0, "status_1": "cancelled"}

-- cancelled orders in May
SELECT (SELECT count(orders.id) AS count_1
FROM orders
WHERE orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 AND orders.status IN (:status_1_1)) AS value;
-- bound: {"placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00", "status_1_1": "cancelled"}

-- largest order of a customer
SELECT (SELECT max(orders.total_base) AS max_1
FROM orders
WHERE orders.status != :status_1 AND orders.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.external_id IN (:external_id_1_1))) AS value;
-- bound: {"status_1": "cancelled", "external_id_1_1": "Robert'); DROP TABLE orders;--"}

-- orders with shoes in May
SELECT (SELECT count(orders.id) AS count_1
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 AND orders.id IN (SELECT order_items.order_id
FROM order_items JOIN products ON products.id = order_items.product_id
WHERE products.category IN (:category_1_1))) AS value;
-- bound: {"status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00", "category_1_1": "Shoes"}

-- orders on Mondays this year
SELECT (SELECT count(orders.id) AS count_1
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 AND ((orders.placed_at + CASE WHEN (orders.placed_at < :placed_at_3) THEN CASE WHEN (orders.placed_at >= :placed_at_4) THEN :param_1 END ELSE CASE WHEN (orders.placed_at >= :placed_at_5) THEN :param_2 END END) / :param_3 + :param_4) % :param_5 IN (:param_6_1)) AS value;
-- bound: {"status_1": "cancelled", "placed_at_1": "2026-01-01 00:00:00+01:00", "placed_at_2": "2026-06-30 12:00:00+00:00", "placed_at_3": "2026-03-29 01:00:00+00:00", "placed_at_4": "2025-10-26 01:00:00+00:00", "param_1": 3600000, "placed_at_5": "2026-03-29 01:00:00+00:00", "param_2": 7200000, "param_3": 86400000, "param_4": 3, "param_5": 7, "param_6_1": 0}

-- how many customers signed up in May
SELECT (SELECT count(customers.id) AS count_1
FROM customers
WHERE customers.merged_into_id IS NULL AND customers.signed_up_at >= :signed_up_at_1 AND customers.signed_up_at < :signed_up_at_2) AS value;
-- bound: {"signed_up_at_1": "2026-05-01 00:00:00+02:00", "signed_up_at_2": "2026-06-01 00:00:00+02:00"}

-- first-time buyers in May
SELECT (SELECT (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.first_order_at >= :first_order_at_1 AND customer_stats.first_order_at < :first_order_at_2) - (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.first_order_at >= :first_order_at_1 AND customer_stats.first_order_at < :first_order_at_2 AND customer_stats.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) AS anon_1) AS value;
-- bound: {"first_order_at_1": "2026-05-01 00:00:00+02:00", "first_order_at_2": "2026-06-01 00:00:00+02:00"}

-- average first reply in May
SELECT (SELECT avg(CAST((tickets.first_reply_at - tickets.opened_at) / (:param_1 + 0.0) AS DOUBLE)) AS avg_1
FROM tickets
WHERE tickets.merged_into_id IS NULL AND tickets.opened_at >= :opened_at_1 AND tickets.opened_at < :opened_at_2) AS value;
-- bound: {"param_1": 3600000.0, "opened_at_1": "2026-05-01 00:00:00+02:00", "opened_at_2": "2026-06-01 00:00:00+02:00"}

-- open tickets with a tag
SELECT (SELECT count(tickets.id) AS count_1
FROM tickets
WHERE tickets.merged_into_id IS NULL AND CASE WHEN (tickets.status != :status_1) THEN :param_1 ELSE :param_2 END IN (:param_3_1) AND tickets.id IN (SELECT ticket_tags.ticket_id
FROM ticket_tags
WHERE ticket_tags.tag IN (:tag_1_1))) AS value;
-- bound: {"status_1": "resolved", "param_1": 1, "param_2": 0, "param_3_1": 1, "tag_1_1": "Robert'); DROP TABLE orders;--"}

-- value of carts
SELECT (SELECT coalesce(sum(CAST(carts.quantity * products.price * CASE WHEN (products.currency = :currency_1) THEN :param_1 WHEN (products.currency = :currency_2) THEN :param_2 END AS DOUBLE)), :coalesce_2) AS coalesce_1
FROM carts LEFT OUTER JOIN products ON products.id = carts.product_id) AS value;
-- bound: {"currency_1": "EUR", "param_1": 1.0, "currency_2": "USD", "param_2": 0.92, "coalesce_2": 0}

-- deliveries in May
SELECT (SELECT count(orders.id) AS count_1
FROM orders LEFT OUTER JOIN shipments ON shipments.order_id = orders.id AND shipments.number = :number_1
WHERE orders.status != :status_1 AND shipments.delivered_at >= :delivered_at_1 AND shipments.delivered_at < :delivered_at_2) AS value;
-- bound: {"number_1": 1, "status_1": "cancelled", "delivered_at_1": "2026-05-01 00:00:00+02:00", "delivered_at_2": "2026-06-01 00:00:00+02:00"}

-- orders without a tracking number
SELECT (SELECT count(orders.id) AS count_1
FROM orders LEFT OUTER JOIN shipments ON shipments.order_id = orders.id AND shipments.number = :number_1
WHERE orders.status != :status_1 AND CASE WHEN (shipments.tracking_number IS NOT NULL) THEN :param_1 ELSE :param_2 END IN (:param_3_1)) AS value;
-- bound: {"number_1": 1, "status_1": "cancelled", "param_1": 1, "param_2": 0, "param_3_1": 0}

-- refunds by carrier
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT shipments.carrier AS "key", count(refunds.id) AS value
FROM refunds LEFT OUTER JOIN shipments ON shipments.order_id = refunds.order_id AND shipments.number = :number_1 GROUP BY shipments.carrier) AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"number_1": 1}

-- best rated products with at least 20 reviews
SELECT products.sku AS product, products.name AS product_name, products.category AS category, products.price * CASE WHEN (products.currency = :currency_1) THEN :param_1 WHEN (products.currency = :currency_2) THEN :param_2 END AS price, products.stock AS stock, (SELECT avg(CAST(reviews.rating AS DOUBLE)) AS avg_1
FROM reviews
WHERE reviews.product_id = products.id) AS rating, (SELECT count(products.id) AS count_1
FROM products
WHERE products.id IN (SELECT reviews.product_id
FROM reviews
WHERE reviews.product_id IS NOT NULL GROUP BY reviews.product_id
HAVING count(reviews.id) >= :count_2) AND (SELECT avg(CAST(reviews.rating AS DOUBLE)) AS avg_1
FROM reviews
WHERE reviews.product_id = products.id) IS NOT NULL) AS matches
FROM products
WHERE products.id IN (SELECT reviews.product_id
FROM reviews
WHERE reviews.product_id IS NOT NULL GROUP BY reviews.product_id
HAVING count(reviews.id) >= :count_2) AND (SELECT avg(CAST(reviews.rating AS DOUBLE)) AS avg_1
FROM reviews
WHERE reviews.product_id = products.id) IS NOT NULL ORDER BY (SELECT avg(CAST(reviews.rating AS DOUBLE)) AS avg_1
FROM reviews
WHERE reviews.product_id = products.id) DESC, products.sku
 LIMIT :param_3 OFFSET :param_4;
-- bound: {"currency_1": "EUR", "param_1": 1.0, "currency_2": "USD", "param_2": 0.92, "count_2": 20, "param_3": 10, "param_4": 0}

-- messages of customers in May
SELECT (SELECT count(messages.id) AS count_1
FROM messages
WHERE messages.direction != :direction_1 AND messages.created_at >= :created_at_1 AND messages.created_at < :created_at_2 AND messages.author_kind IN (:author_kind_1_1)) AS value;
-- bound: {"direction_1": "note", "created_at_1": "2026-05-01 00:00:00+02:00", "created_at_2": "2026-06-01 00:00:00+02:00", "author_kind_1_1": "customer"}

-- which share of buyers are repeat buyers
SELECT (SELECT (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.orders >= :orders_1 AND customer_stats.orders >= :orders_2) - (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.orders >= :orders_1 AND customer_stats.orders >= :orders_2 AND customer_stats.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) AS anon_1) AS part, (SELECT (SELECT count(*) AS count_2
FROM customer_stats
WHERE customer_stats.orders >= :orders_3) - (SELECT count(*) AS count_2
FROM customer_stats
WHERE customer_stats.orders >= :orders_3 AND customer_stats.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) AS anon_2) AS whole;
-- bound: {"orders_1": 1, "orders_2": 2, "orders_3": 1}

-- revenue in May against April
SELECT (SELECT coalesce(sum(orders.total_base), :coalesce_2) AS coalesce_1
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2) AS value, (SELECT coalesce(sum(orders.total_base), :coalesce_4) AS coalesce_3
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_3 AND orders.placed_at < :placed_at_4) AS "before";
-- bound: {"coalesce_2": 0, "status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00", "coalesce_4": 0, "placed_at_3": "2026-04-01 00:00:00+02:00", "placed_at_4": "2026-05-01 00:00:00+02:00"}

-- which share of each country's buyers are repeat buyers
SELECT wholes."key", (:param_1 * CAST(coalesce(parts.value, :coalesce_1) AS DOUBLE)) / (nullif(wholes.value, :nullif_1) + 0.0) AS value, wholes.matches
FROM (SELECT groups."key" AS "key", groups.value AS value, count(*) OVER () AS matches
FROM (SELECT customers.country AS "key", count(customers.id) AS value
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customer_stats.orders >= :orders_1 GROUP BY customers.country) AS groups ORDER BY groups.value DESC, groups."key") AS wholes LEFT OUTER JOIN (SELECT groups."key" AS "key", groups.value AS value, count(*) OVER () AS matches
FROM (SELECT customers.country AS "key", count(customers.id) AS value
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customer_stats.orders >= :orders_2 AND customer_stats.orders >= :orders_3 GROUP BY customers.country) AS groups ORDER BY groups.value DESC, groups."key") AS parts ON wholes."key" IS parts."key" ORDER BY (:param_1 * CAST(coalesce(parts.value, :coalesce_1) AS DOUBLE)) / (nullif(wholes.value, :nullif_1) + 0.0) DESC, wholes."key";
-- bound: {"param_1": 100.0, "coalesce_1": 0, "nullif_1": 0, "orders_1": 1, "orders_2": 1, "orders_3": 2}

-- what part of revenue the ten best customers have
SELECT (SELECT sum(leaders.value) AS sum_1
FROM (SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS "key", customer_stats.spend_base AS value, (SELECT (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.orders >= :orders_1) - (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.orders >= :orders_1 AND customer_stats.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) AS anon_1) AS matches
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customer_stats.orders >= :orders_1 ORDER BY customer_stats.spend_base DESC, coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)))
 LIMIT :param_1 OFFSET :param_2) AS leaders) AS part, (SELECT coalesce(sum(customer_stats.spend_base), :coalesce_2) AS coalesce_1
FROM customer_stats) + coalesce((SELECT coalesce(sum(orders.total_base), :coalesce_4) AS coalesce_3
FROM orders
WHERE orders.status != :status_1 AND orders.customer_id IS NULL), :coalesce_5) AS whole;
-- bound: {"orders_1": 1, "param_1": 10, "param_2": 0, "coalesce_2": 0, "coalesce_4": 0, "status_1": "cancelled", "coalesce_5": 0}

-- share of revenue by country
SELECT groups."key", (:value_1 * groups.value) / (nullif(CAST(sum(groups.value) OVER () AS DOUBLE), :nullif_1) + 0.0) AS value, count(*) OVER () AS matches
FROM (SELECT both."key" AS "key", sum(both.value) AS value
FROM (SELECT customers.country AS "key", sum(customer_stats.spend_base) AS value, count(*) AS rows_of_it
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customer_stats.orders > :orders_1 GROUP BY customers.country UNION ALL SELECT NULL AS "key", sum(orders.total_base) AS value, count(*) AS rows_of_it
FROM orders
WHERE orders.customer_id IS NULL AND orders.status != :status_1) AS both
WHERE both.rows_of_it > :rows_of_it_1 GROUP BY both."key") AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"value_1": 100.0, "nullif_1": 0, "orders_1": 0, "status_1": "cancelled", "rows_of_it_1": 0}

-- how many more orders in May than in April
SELECT (SELECT count(orders.id) AS count_1
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2) AS value, (SELECT count(orders.id) AS count_2
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_3 AND orders.placed_at < :placed_at_4) AS "before";
-- bound: {"status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00", "placed_at_3": "2026-04-01 00:00:00+02:00", "placed_at_4": "2026-05-01 00:00:00+02:00"}

-- ratio of refunds to orders in May
SELECT (SELECT count(refunds.id) AS count_1
FROM refunds
WHERE refunds.created_at >= :created_at_1 AND refunds.created_at < :created_at_2) AS value, (SELECT count(orders.id) AS count_2
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2) AS "before";
-- bound: {"created_at_1": "2026-05-01 00:00:00+02:00", "created_at_2": "2026-06-01 00:00:00+02:00", "status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00"}

-- orders of more than 5 pieces
SELECT orders.external_id AS "order", coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, orders.placed_at AS placed_at, orders.status AS order_status, orders.total_base AS total, count(*) OVER () AS matches
FROM orders LEFT OUTER JOIN customers ON customers.id = orders.customer_id
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 AND (SELECT sum(order_items.quantity) AS sum_1
FROM order_items
WHERE order_items.order_id = orders.id) > :param_1 ORDER BY orders.external_id, orders.external_id;
-- bound: {"status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00", "param_1": 5}

-- customers who bought shoes and bags in one order
SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, customers.country AS country, customers.city AS city, customer_stats.orders AS orders, customer_stats.last_order_at AS last_order_at, customer_stats.spend_base AS spend, count(*) OVER () AS matches
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customers.id IN (SELECT orders.customer_id
FROM orders
WHERE orders.status != :status_1 AND orders.id IN (SELECT order_items.order_id
FROM order_items JOIN products ON products.id = order_items.product_id
WHERE products.category IN (:category_1_1)) AND orders.id IN (SELECT order_items.order_id
FROM order_items JOIN products ON products.id = order_items.product_id
WHERE products.category IN (:category_2_1)) AND orders.customer_id IS NOT NULL) ORDER BY coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))), coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)));
-- bound: {"status_1": "cancelled", "category_1_1": "Shoes", "category_2_1": "Bags"}

-- orders per week of a year
SELECT CAST((SELECT count(orders.id) AS count_1
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2) AS DOUBLE) / (:param_1 + 0.0) AS value;
-- bound: {"status_1": "cancelled", "placed_at_1": "2026-01-01 00:00:00+01:00", "placed_at_2": "2026-06-30 12:00:00+00:00", "param_1": 25.857142857142858}

-- customers whose shoes lie in the cart for 90 days
SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, customers.country AS country, customers.city AS city, customer_stats.orders AS orders, customer_stats.last_order_at AS last_order_at, customer_stats.spend_base AS spend, count(*) OVER () AS matches
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customers.id IN (SELECT carts.customer_id
FROM carts LEFT OUTER JOIN products ON products.id = carts.product_id
WHERE carts.updated_at IS NOT NULL AND carts.updated_at < :updated_at_1 AND products.category IN (:category_1_1) AND carts.customer_id IS NOT NULL) ORDER BY coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))), coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)));
-- bound: {"updated_at_1": "2026-04-01 12:00:00+00:00", "category_1_1": "Shoes"}

-- articles in stock that nobody bought in May
SELECT products.sku AS product, products.name AS product_name, products.category AS category, products.price * CASE WHEN (products.currency = :currency_1) THEN :param_1 WHEN (products.currency = :currency_2) THEN :param_2 END AS price, products.stock AS stock, count(*) OVER () AS matches
FROM products
WHERE products.stock > :stock_1 AND coalesce(products.id IN (SELECT order_items.product_id
FROM order_items LEFT OUTER JOIN orders ON orders.id = order_items.order_id
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 AND order_items.product_id IS NOT NULL), 0) = 0 ORDER BY products.sku, products.sku;
-- bound: {"currency_1": "EUR", "param_1": 1.0, "currency_2": "USD", "param_2": 0.92, "stock_1": 100, "status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00"}

-- customers with an open urgent ticket
SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, customers.country AS country, customers.city AS city, customer_stats.orders AS orders, customer_stats.last_order_at AS last_order_at, customer_stats.spend_base AS spend, count(*) OVER () AS matches
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customers.id IN (SELECT tickets.customer_id
FROM tickets
WHERE tickets.merged_into_id IS NULL AND CASE WHEN (tickets.status != :status_1) THEN :param_1 ELSE :param_2 END IN (:param_3_1) AND tickets.priority IN (:priority_1_1) AND tickets.customer_id IS NOT NULL) ORDER BY coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))), coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)));
-- bound: {"status_1": "resolved", "param_1": 1, "param_2": 0, "param_3_1": 1, "priority_1_1": "urgent"}

-- carts untouched for 90 days
SELECT (SELECT count(DISTINCT carts.customer_id) AS count_1
FROM carts
WHERE carts.updated_at IS NOT NULL AND carts.updated_at < :updated_at_1) AS value;
-- bound: {"updated_at_1": "2026-04-01 12:00:00+00:00"}

-- revenue from new and returning customers in May
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT CASE WHEN (customer_stats.first_order_at IS NULL) THEN NULL WHEN (customer_stats.first_order_at < :first_order_at_1) THEN :param_1 ELSE :param_2 END AS "key", coalesce(sum(orders.total_base), :coalesce_1) AS value
FROM orders LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = orders.customer_id
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 GROUP BY CASE WHEN (customer_stats.first_order_at IS NULL) THEN NULL WHEN (customer_stats.first_order_at < :first_order_at_1) THEN :param_1 ELSE :param_2 END) AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"first_order_at_1": "2026-05-01 00:00:00+02:00", "param_1": "returning", "param_2": "new", "coalesce_1": 0, "status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00"}

-- new and returning buyers by month this year
SELECT groups."key", groups."then", groups.value, count(*) OVER () AS matches
FROM (SELECT CASE WHEN (orders.placed_at < :placed_at_1) THEN CASE WHEN (orders.placed_at < :placed_at_2) THEN CASE WHEN (orders.placed_at >= :placed_at_3) THEN :param_1 END ELSE CASE WHEN (orders.placed_at < :placed_at_4) THEN CASE WHEN (orders.placed_at >= :placed_at_5) THEN :param_2 END ELSE CASE WHEN (orders.placed_at >= :placed_at_6) THEN :param_3 END END END ELSE CASE WHEN (orders.placed_at < :placed_at_7) THEN CASE WHEN (orders.placed_at >= :placed_at_8) THEN :param_4 END ELSE CASE WHEN (orders.placed_at < :placed_at_9) THEN CASE WHEN (orders.placed_at >= :placed_at_10) THEN :param_5 END ELSE CASE WHEN (orders.placed_at >= :placed_at_11) THEN :param_6 END END END END AS "key", CASE WHEN (customer_stats.first_order_at IS NULL) THEN NULL WHEN (customer_stats.first_order_at < :first_order_at_1 OR CASE WHEN (customer_stats.first_order_at < :first_order_at_2) THEN CASE WHEN (customer_stats.first_order_at < :first_order_at_3) THEN CASE WHEN (customer_stats.first_order_at >= :first_order_at_4) THEN :param_7 END ELSE CASE WHEN (customer_stats.first_order_at < :first_order_at_5) THEN CASE WHEN (customer_stats.first_order_at >= :first_order_at_6) THEN :param_8 END ELSE CASE WHEN (customer_stats.first_order_at >= :first_order_at_7) THEN :param_9 END END END ELSE CASE WHEN (customer_stats.first_order_at < :first_order_at_8) THEN CASE WHEN (customer_stats.first_order_at >= :first_order_at_9) THEN :param_10 END ELSE CASE WHEN (customer_stats.first_order_at < :first_order_at_10) THEN CASE WHEN (customer_stats.first_order_at >= :first_order_at_11) THEN :param_11 END ELSE CASE WHEN (customer_stats.first_order_at >= :first_order_at_12) THEN :param_12 END END END END < CASE WHEN (orders.placed_at < :placed_at_12) THEN CASE WHEN (orders.placed_at < :placed_at_13) THEN CASE WHEN (orders.placed_at >= :placed_at_14) THEN :param_13 END ELSE CASE WHEN (orders.placed_at < :placed_at_15) THEN CASE WHEN (orders.placed_at >= :placed_at_16) THEN :param_14 END ELSE CASE WHEN (orders.placed_at >= :placed_at_17) THEN :param_15 END END END ELSE CASE WHEN (orders.placed_at < :placed_at_18) THEN CASE WHEN (orders.placed_at >= :placed_at_19) THEN :param_16 END ELSE CASE WHEN (orders.placed_at < :placed_at_20) THEN CASE WHEN (orders.placed_at >= :placed_at_21) THEN :param_17 END ELSE CASE WHEN (orders.placed_at >= :placed_at_22) THEN :param_18 END END END END) THEN :param_19 ELSE :param_20 END AS "then", count(DISTINCT orders.customer_id) AS value
FROM orders LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = orders.customer_id
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_23 AND orders.placed_at < :placed_at_24 GROUP BY CASE WHEN (orders.placed_at < :placed_at_1) THEN CASE WHEN (orders.placed_at < :placed_at_2) THEN CASE WHEN (orders.placed_at >= :placed_at_3) THEN :param_1 END ELSE CASE WHEN (orders.placed_at < :placed_at_4) THEN CASE WHEN (orders.placed_at >= :placed_at_5) THEN :param_2 END ELSE CASE WHEN (orders.placed_at >= :placed_at_6) THEN :param_3 END END END ELSE CASE WHEN (orders.placed_at < :placed_at_7) THEN CASE WHEN (orders.placed_at >= :placed_at_8) THEN :param_4 END ELSE CASE WHEN (orders.placed_at < :placed_at_9) THEN CASE WHEN (orders.placed_at >= :placed_at_10) THEN :param_5 END ELSE CASE WHEN (orders.placed_at >= :placed_at_11) THEN :param_6 END END END END, CASE WHEN (customer_stats.first_order_at IS NULL) THEN NULL WHEN (customer_stats.first_order_at < :first_order_at_1 OR CASE WHEN (customer_stats.first_order_at < :first_order_at_2) THEN CASE WHEN (customer_stats.first_order_at < :first_order_at_3) THEN CASE WHEN (customer_stats.first_order_at >= :first_order_at_4) THEN :param_7 END ELSE CASE WHEN (customer_stats.first_order_at < :first_order_at_5) THEN CASE WHEN (customer_stats.first_order_at >= :first_order_at_6) THEN :param_8 END ELSE CASE WHEN (customer_stats.first_order_at >= :first_order_at_7) THEN :param_9 END END END ELSE CASE WHEN (customer_stats.first_order_at < :first_order_at_8) THEN CASE WHEN (customer_stats.first_order_at >= :first_order_at_9) THEN :param_10 END ELSE CASE WHEN (customer_stats.first_order_at < :first_order_at_10) THEN CASE WHEN (customer_stats.first_order_at >= :first_order_at_11) THEN :param_11 END ELSE CASE WHEN (customer_stats.first_order_at >= :first_order_at_12) THEN :param_12 END END END END < CASE WHEN (orders.placed_at < :placed_at_12) THEN CASE WHEN (orders.placed_at < :placed_at_13) THEN CASE WHEN (orders.placed_at >= :placed_at_14) THEN :param_13 END ELSE CASE WHEN (orders.placed_at < :placed_at_15) THEN CASE WHEN (orders.placed_at >= :placed_at_16) THEN :param_14 END ELSE CASE WHEN (orders.placed_at >= :placed_at_17) THEN :param_15 END END END ELSE CASE WHEN (orders.placed_at < :placed_at_18) THEN CASE WHEN (orders.placed_at >= :placed_at_19) THEN :param_16 END ELSE CASE WHEN (orders.placed_at < :placed_at_20) THEN CASE WHEN (orders.placed_at >= :placed_at_21) THEN :param_17 END ELSE CASE WHEN (orders.placed_at >= :placed_at_22) THEN :param_18 END END END END) THEN :param_19 ELSE :param_20 END) AS groups ORDER BY groups."key", groups."then";
-- bound: {"placed_at_1": "2026-04-01 00:00:00+02:00", "placed_at_2": "2026-02-01 00:00:00+01:00", "placed_at_3": "2026-01-01 00:00:00+01:00", "param_1": 0, "placed_at_4": "2026-03-01 00:00:00+01:00", "placed_at_5": "2026-02-01 00:00:00+01:00", "param_2": 1, "placed_at_6": "2026-03-01 00:00:00+01:00", "param_3": 2, "placed_at_7": "2026-05-01 00:00:00+02:00", "placed_at_8": "2026-04-01 00:00:00+02:00", "param_4": 3, "placed_at_9": "2026-06-01 00:00:00+02:00", "placed_at_10": "2026-05-01 00:00:00+02:00", "param_5": 4, "placed_at_11": "2026-06-01 00:00:00+02:00", "param_6": 5, "first_order_at_1": "2026-01-01 00:00:00+01:00", "first_order_at_2": "2026-04-01 00:00:00+02:00", "first_order_at_3": "2026-02-01 00:00:00+01:00", "first_order_at_4": "2026-01-01 00:00:00+01:00", "param_7": 0, "first_order_at_5": "2026-03-01 00:00:00+01:00", "first_order_at_6": "2026-02-01 00:00:00+01:00", "param_8": 1, "first_order_at_7": "2026-03-01 00:00:00+01:00", "param_9": 2, "first_order_at_8": "2026-05-01 00:00:00+02:00", "first_order_at_9": "2026-04-01 00:00:00+02:00", "param_10": 3, "first_order_at_10": "2026-06-01 00:00:00+02:00", "first_order_at_11": "2026-05-01 00:00:00+02:00", "param_11": 4, "first_order_at_12": "2026-06-01 00:00:00+02:00", "param_12": 5, "placed_at_12": "2026-04-01 00:00:00+02:00", "placed_at_13": "2026-02-01 00:00:00+01:00", "placed_at_14": "2026-01-01 00:00:00+01:00", "param_13": 0, "placed_at_15": "2026-03-01 00:00:00+01:00", "placed_at_16": "2026-02-01 00:00:00+01:00", "param_14": 1, "placed_at_17": "2026-03-01 00:00:00+01:00", "param_15": 2, "placed_at_18": "2026-05-01 00:00:00+02:00", "placed_at_19": "2026-04-01 00:00:00+02:00", "param_16": 3, "placed_at_20": "2026-06-01 00:00:00+02:00", "placed_at_21": "2026-05-01 00:00:00+02:00", "param_17": 4, "placed_at_22": "2026-06-01 00:00:00+02:00", "param_18": 5, "param_19": "returning", "param_20": "new", "status_1": "cancelled", "placed_at_23": "2026-01-01 00:00:00+01:00", "placed_at_24": "2026-06-30 12:00:00+00:00"}

-- best 3 customers of each country
SELECT ranked."key", ranked."then", ranked.value, count(*) OVER () AS matches
FROM (SELECT groups."key" AS "key", groups."then" AS "then", groups.value AS value, row_number() OVER (PARTITION BY groups."key" ORDER BY groups.value DESC, groups."then") AS place
FROM (SELECT customers.country AS "key", coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS "then", coalesce(sum(orders.total_base), :coalesce_1) AS value
FROM orders LEFT OUTER JOIN customers ON customers.id = orders.customer_id
WHERE orders.status != :status_1 AND coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) IS NOT NULL GROUP BY customers.country, coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)))) AS groups
WHERE groups.value IS NOT NULL) AS ranked
WHERE ranked.place <= :place_1 ORDER BY ranked."key", ranked.place;
-- bound: {"coalesce_1": 0, "status_1": "cancelled", "place_1": 3}

-- best selling article of each category in May
SELECT ranked."key", ranked."then", ranked.name, ranked.value, count(*) OVER () AS matches
FROM (SELECT groups."key" AS "key", groups."then" AS "then", groups.name AS name, groups.value AS value, row_number() OVER (PARTITION BY groups."key" ORDER BY groups.value DESC, groups."then") AS place
FROM (SELECT products.category AS "key", products.sku AS "then", max(products.name) AS name, coalesce(sum(order_items.quantity), :coalesce_1) AS value
FROM order_items LEFT OUTER JOIN orders ON orders.id = order_items.order_id LEFT OUTER JOIN products ON products.id = order_items.product_id
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 GROUP BY products.category, products.sku) AS groups
WHERE groups.value IS NOT NULL) AS ranked
WHERE ranked.place <= :place_1 ORDER BY ranked."key", ranked.place;
-- bound: {"coalesce_1": 0, "status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00", "place_1": 1}

-- revenue by country this year
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT customers.country AS "key", coalesce(sum(orders.total_base), :coalesce_1) AS value
FROM orders LEFT OUTER JOIN customers ON customers.id = orders.customer_id
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 GROUP BY customers.country) AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"coalesce_1": 0, "status_1": "cancelled", "placed_at_1": "2026-01-01 00:00:00+01:00", "placed_at_2": "2026-06-30 12:00:00+00:00"}

-- revenue by month this year
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT stretches."key" AS "key", stretches.value AS value
FROM (SELECT :param_1 AS "key", coalesce(sum(orders.total_base), :coalesce_1) AS value, count(orders.id) AS rows_of_it
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 UNION ALL SELECT :param_2 AS "key", coalesce(sum(orders.total_base), :coalesce_2) AS value, count(orders.id) AS rows_of_it
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_3 AND orders.placed_at < :placed_at_4 UNION ALL SELECT :param_3 AS "key", coalesce(sum(orders.total_base), :coalesce_3) AS value, count(orders.id) AS rows_of_it
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_5 AND orders.placed_at < :placed_at_6 UNION ALL SELECT :param_4 AS "key", coalesce(sum(orders.total_base), :coalesce_4) AS value, count(orders.id) AS rows_of_it
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_7 AND orders.placed_at < :placed_at_8 UNION ALL SELECT :param_5 AS "key", coalesce(sum(orders.total_base), :coalesce_5) AS value, count(orders.id) AS rows_of_it
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_9 AND orders.placed_at < :placed_at_10 UNION ALL SELECT :param_6 AS "key", coalesce(sum(orders.total_base), :coalesce_6) AS value, count(orders.id) AS rows_of_it
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_11 AND orders.placed_at < :placed_at_12) AS stretches
WHERE stretches.rows_of_it > :rows_of_it_1) AS groups ORDER BY groups."key";
-- bound: {"param_1": 0, "coalesce_1": 0, "status_1": "cancelled", "placed_at_1": "2026-01-01 00:00:00+01:00", "placed_at_2": "2026-02-01 00:00:00+01:00", "param_2": 1, "coalesce_2": 0, "placed_at_3": "2026-02-01 00:00:00+01:00", "placed_at_4": "2026-03-01 00:00:00+01:00", "param_3": 2, "coalesce_3": 0, "placed_at_5": "2026-03-01 00:00:00+01:00", "placed_at_6": "2026-04-01 00:00:00+02:00", "param_4": 3, "coalesce_4": 0, "placed_at_7": "2026-04-01 00:00:00+02:00", "placed_at_8": "2026-05-01 00:00:00+02:00", "param_5": 4, "coalesce_5": 0, "placed_at_9": "2026-05-01 00:00:00+02:00", "placed_at_10": "2026-06-01 00:00:00+02:00", "param_6": 5, "coalesce_6": 0, "placed_at_11": "2026-06-01 00:00:00+02:00", "placed_at_12": "2026-06-30 12:00:00+00:00", "rows_of_it_1": 0}

-- revenue by country and month this year
SELECT groups."key", groups."then", groups.value, count(*) OVER () AS matches
FROM (SELECT customers.country AS "key", CASE WHEN (orders.placed_at < :placed_at_1) THEN CASE WHEN (orders.placed_at < :placed_at_2) THEN CASE WHEN (orders.placed_at >= :placed_at_3) THEN :param_1 END ELSE CASE WHEN (orders.placed_at < :placed_at_4) THEN CASE WHEN (orders.placed_at >= :placed_at_5) THEN :param_2 END ELSE CASE WHEN (orders.placed_at >= :placed_at_6) THEN :param_3 END END END ELSE CASE WHEN (orders.placed_at < :placed_at_7) THEN CASE WHEN (orders.placed_at >= :placed_at_8) THEN :param_4 END ELSE CASE WHEN (orders.placed_at < :placed_at_9) THEN CASE WHEN (orders.placed_at >= :placed_at_10) THEN :param_5 END ELSE CASE WHEN (orders.placed_at >= :placed_at_11) THEN :param_6 END END END END AS "then", coalesce(sum(orders.total_base), :coalesce_1) AS value
FROM orders LEFT OUTER JOIN customers ON customers.id = orders.customer_id
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_12 AND orders.placed_at < :placed_at_13 GROUP BY customers.country, CASE WHEN (orders.placed_at < :placed_at_1) THEN CASE WHEN (orders.placed_at < :placed_at_2) THEN CASE WHEN (orders.placed_at >= :placed_at_3) THEN :param_1 END ELSE CASE WHEN (orders.placed_at < :placed_at_4) THEN CASE WHEN (orders.placed_at >= :placed_at_5) THEN :param_2 END ELSE CASE WHEN (orders.placed_at >= :placed_at_6) THEN :param_3 END END END ELSE CASE WHEN (orders.placed_at < :placed_at_7) THEN CASE WHEN (orders.placed_at >= :placed_at_8) THEN :param_4 END ELSE CASE WHEN (orders.placed_at < :placed_at_9) THEN CASE WHEN (orders.placed_at >= :placed_at_10) THEN :param_5 END ELSE CASE WHEN (orders.placed_at >= :placed_at_11) THEN :param_6 END END END END) AS groups ORDER BY groups."key", groups."then";
-- bound: {"placed_at_1": "2026-04-01 00:00:00+02:00", "placed_at_2": "2026-02-01 00:00:00+01:00", "placed_at_3": "2026-01-01 00:00:00+01:00", "param_1": 0, "placed_at_4": "2026-03-01 00:00:00+01:00", "placed_at_5": "2026-02-01 00:00:00+01:00", "param_2": 1, "placed_at_6": "2026-03-01 00:00:00+01:00", "param_3": 2, "placed_at_7": "2026-05-01 00:00:00+02:00", "placed_at_8": "2026-04-01 00:00:00+02:00", "param_4": 3, "placed_at_9": "2026-06-01 00:00:00+02:00", "placed_at_10": "2026-05-01 00:00:00+02:00", "param_5": 4, "placed_at_11": "2026-06-01 00:00:00+02:00", "param_6": 5, "coalesce_1": 0, "status_1": "cancelled", "placed_at_12": "2026-01-01 00:00:00+01:00", "placed_at_13": "2026-06-30 12:00:00+00:00"}

-- orders by hour of the day in May
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT ((orders.placed_at + CASE WHEN (orders.placed_at >= :placed_at_1) THEN :param_1 END) / :param_2) % :param_3 AS "key", count(orders.id) AS value
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_2 AND orders.placed_at < :placed_at_3 GROUP BY ((orders.placed_at + CASE WHEN (orders.placed_at >= :placed_at_1) THEN :param_1 END) / :param_2) % :param_3) AS groups ORDER BY groups."key";
-- bound: {"placed_at_1": "2026-03-29 01:00:00+00:00", "param_1": 7200000, "param_2": 3600000, "param_3": 24, "status_1": "cancelled", "placed_at_2": "2026-05-01 00:00:00+02:00", "placed_at_3": "2026-06-01 00:00:00+02:00"}

-- orders by status
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT found."key" AS "key", found.value AS value
FROM (SELECT orders.status AS "key", count(*) AS value
FROM orders
WHERE orders.status != 'delivered' GROUP BY orders.status UNION ALL SELECT :param_1 AS "key", sum(rest.part) AS value
FROM (SELECT (SELECT coalesce(sum(customer_stats.orders), :coalesce_2) AS coalesce_1
FROM customer_stats) + coalesce((SELECT count(orders.id) AS count_1
FROM orders
WHERE orders.status != :status_1 AND orders.customer_id IS NULL), :coalesce_3) AS part UNION ALL SELECT -count(*) AS anon_1
FROM orders
WHERE orders.status != 'delivered' AND orders.status != :status_2) AS rest) AS found
WHERE found.value > :value_1) AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"param_1": "delivered", "coalesce_2": 0, "status_1": "cancelled", "coalesce_3": 0, "status_2": "cancelled", "value_1": 0}

-- net revenue by country
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT both."key" AS "key", sum(both.value) AS value
FROM (SELECT customers.country AS "key", coalesce(sum(orders.total_base), :coalesce_1) AS value
FROM orders LEFT OUTER JOIN customers ON customers.id = orders.customer_id
WHERE orders.status != :status_1 GROUP BY customers.country UNION ALL SELECT customers.country AS "key", -coalesce(sum(CAST(refunds.amount_base AS DOUBLE)), :coalesce_2) AS value
FROM refunds LEFT OUTER JOIN customers ON customers.id = refunds.customer_id
WHERE refunds.status IN (:status_2_1, :status_2_2) GROUP BY customers.country) AS both GROUP BY both."key") AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"coalesce_1": 0, "status_1": "cancelled", "coalesce_2": 0, "status_2_1": "approved", "status_2_2": "paid"}

-- units by category in May
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT products.category AS "key", sum(sold.value) AS value
FROM (SELECT order_items.product_id AS product_id, coalesce(sum(order_items.quantity), :coalesce_1) AS value
FROM order_items LEFT OUTER JOIN orders ON orders.id = order_items.order_id
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 GROUP BY order_items.product_id) AS sold LEFT OUTER JOIN products ON products.id = sold.product_id GROUP BY products.category) AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"coalesce_1": 0, "status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00"}

-- the 5 best selling articles this year
SELECT groups."key", groups.name, groups.value, count(*) OVER () AS matches
FROM (SELECT products.sku AS "key", products.name AS name, sold.value AS value
FROM (SELECT order_items.product_id AS product_id, coalesce(sum(order_items.quantity), :coalesce_1) AS value
FROM order_items LEFT OUTER JOIN orders ON orders.id = order_items.order_id
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 GROUP BY order_items.product_id) AS sold LEFT OUTER JOIN products ON products.id = sold.product_id) AS groups ORDER BY groups.value DESC, groups."key"
 LIMIT :param_1 OFFSET :param_2;
-- bound: {"coalesce_1": 0, "status_1": "cancelled", "placed_at_1": "2026-01-01 00:00:00+01:00", "placed_at_2": "2026-06-30 12:00:00+00:00", "param_1": 5, "param_2": 0}

-- articles with an average rating below 3
SELECT groups."key", groups.name, groups.value, count(*) OVER () AS matches
FROM (SELECT products.sku AS "key", products.name AS name, sold.value AS value
FROM (SELECT reviews.product_id AS product_id, avg(CAST(reviews.rating AS DOUBLE)) AS value
FROM reviews GROUP BY reviews.product_id) AS sold LEFT OUTER JOIN products ON products.id = sold.product_id) AS groups
WHERE groups.value < :value_1 ORDER BY groups.value, groups."key";
-- bound: {"value_1": 3}

-- articles by their rating that have at least 20 reviews
SELECT groups."key", groups.name, groups.value, count(*) OVER () AS matches
FROM (SELECT products.sku AS "key", max(products.name) AS name, avg(CAST(reviews.rating AS DOUBLE)) AS value
FROM reviews LEFT OUTER JOIN products ON products.id = reviews.product_id GROUP BY products.sku
HAVING count(reviews.id) >= :count_1) AS groups
WHERE groups.value IS NOT NULL ORDER BY groups.value DESC, groups."key";
-- bound: {"count_1": 20}

-- median resolution by agent
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT middle."key" AS "key", avg(middle.number) AS value
FROM (SELECT ranked.number AS number, ranked.place AS place, ranked.size AS size, ranked."key" AS "key"
FROM (SELECT (tickets.resolved_at - tickets.opened_at) / (:param_1 + 0.0) AS number, row_number() OVER (PARTITION BY tickets.assignee ORDER BY (tickets.resolved_at - tickets.opened_at) / (:param_1 + 0.0)) AS place, count(*) OVER (PARTITION BY tickets.assignee) AS size, tickets.assignee AS "key"
FROM tickets
WHERE tickets.merged_into_id IS NULL AND (tickets.resolved_at - tickets.opened_at) / (:param_1 + 0.0) IS NOT NULL) AS ranked
WHERE :place_1 * ranked.place >= ranked.size AND :place_2 * ranked.place <= ranked.size + :size_1) AS middle GROUP BY middle."key") AS groups
WHERE groups.value IS NOT NULL ORDER BY groups.value DESC, groups."key";
-- bound: {"param_1": 3600000.0, "place_1": 2, "place_2": 2, "size_1": 2}

-- orders per day in May on average
SELECT CAST((SELECT count(orders.id) AS count_1
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2) AS DOUBLE) / (:param_1 + 0.0) AS value;
-- bound: {"status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00", "param_1": 31}

-- revenue per month on average by country
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT customers.country AS "key", CAST(coalesce(sum(orders.total_base), :coalesce_1) AS DOUBLE) / (:param_1 + 0.0) AS value
FROM orders LEFT OUTER JOIN customers ON customers.id = orders.customer_id
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 GROUP BY customers.country) AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"coalesce_1": 0, "param_1": 6, "status_1": "cancelled", "placed_at_1": "2026-01-01 00:00:00+01:00", "placed_at_2": "2026-06-30 12:00:00+00:00"}

-- orders with both shoes and bags
SELECT (SELECT count(orders.id) AS count_1
FROM orders
WHERE orders.status != :status_1 AND orders.id IN (SELECT order_items.order_id
FROM order_items JOIN products ON products.id = order_items.product_id
WHERE products.category IN (:category_1_1)) AND orders.id IN (SELECT order_items.order_id
FROM order_items JOIN products ON products.id = order_items.product_id
WHERE products.category IN (:category_2_1))) AS value;
-- bound: {"status_1": "cancelled", "category_1_1": "Shoes", "category_2_1": "Bags"}

-- revenue of customers on Telegram
SELECT (SELECT coalesce(sum(orders.total_base), :coalesce_2) AS coalesce_1
FROM orders
WHERE orders.status != :status_1 AND orders.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.id IN (SELECT identities.customer_id
FROM identities
WHERE identities.channel IN (:channel_1_1)))) AS value;
-- bound: {"coalesce_2": 0, "status_1": "cancelled", "channel_1_1": "telegram"}

-- median spend per buyer by country this year
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT middle."key" AS "key", avg(middle.number) AS value
FROM (SELECT ranked.number AS number, ranked.place AS place, ranked.size AS size, ranked."key" AS "key"
FROM (SELECT of_each.number AS number, row_number() OVER (PARTITION BY of_each."key" ORDER BY of_each.number) AS place, count(*) OVER (PARTITION BY of_each."key") AS size, of_each."key" AS "key"
FROM (SELECT customers.country AS "key", sum(orders.total_base) AS number
FROM orders LEFT OUTER JOIN customers ON customers.id = orders.customer_id
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 AND orders.customer_id IS NOT NULL GROUP BY customers.country, orders.customer_id) AS of_each) AS ranked
WHERE :place_1 * ranked.place >= ranked.size AND :place_2 * ranked.place <= ranked.size + :size_1) AS middle GROUP BY middle."key") AS groups
WHERE groups.value IS NOT NULL ORDER BY groups.value DESC, groups."key";
-- bound: {"status_1": "cancelled", "placed_at_1": "2026-01-01 00:00:00+01:00", "placed_at_2": "2026-06-30 12:00:00+00:00", "place_1": 2, "place_2": 2, "size_1": 2}

-- most pieces in an order
SELECT (SELECT max(of_each.number) AS value
FROM (SELECT sum(order_items.quantity) AS number
FROM order_items LEFT OUTER JOIN orders ON orders.id = order_items.order_id
WHERE orders.status != :status_1 AND order_items.order_id IS NOT NULL GROUP BY order_items.order_id) AS of_each) AS value;
-- bound: {"status_1": "cancelled"}

-- median days between orders of French customers
SELECT (SELECT avg(middle.number) AS avg_1
FROM (SELECT ranked.number AS number, ranked.place AS place, ranked.size AS size
FROM (SELECT gaps.days AS number, row_number() OVER (ORDER BY gaps.days) AS place, count(*) OVER () AS size
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.placed_at AS placed_at, (orders.placed_at - lag(orders.placed_at) OVER (PARTITION BY orders.customer_id ORDER BY orders.placed_at, orders.id)) / (:param_1 + 0.0) AS days
FROM orders
WHERE orders.status != :status_1 AND orders.customer_id IS NOT NULL) AS gaps LEFT OUTER JOIN customers ON customers.id = gaps.customer_id
WHERE gaps.days IS NOT NULL AND customers.country IN (:country_1_1) AND gaps.days IS NOT NULL) AS ranked
WHERE :place_1 * ranked.place >= ranked.size AND :place_2 * ranked.place <= ranked.size + :size_1) AS middle) AS value;
-- bound: {"param_1": 86400000.0, "status_1": "cancelled", "place_1": 2, "place_2": 2, "size_1": 2, "country_1_1": "FR"}

-- average refund by category in May
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT of_each."key" AS "key", avg(CAST(of_each.number AS DOUBLE)) AS value
FROM (SELECT products.category AS "key", max(refunds.amount_base) AS number
FROM order_items LEFT OUTER JOIN products ON products.id = order_items.product_id LEFT OUTER JOIN refunds ON refunds.order_id = order_items.order_id
WHERE refunds.id IS NOT NULL AND refunds.created_at >= :created_at_1 AND refunds.created_at < :created_at_2 AND refunds.id IS NOT NULL GROUP BY products.category, refunds.id) AS of_each GROUP BY of_each."key") AS groups
WHERE groups.value IS NOT NULL ORDER BY groups.value DESC, groups."key";
-- bound: {"created_at_1": "2026-05-01 00:00:00+02:00", "created_at_2": "2026-06-01 00:00:00+02:00"}

-- median refund for that category
SELECT (SELECT avg(middle.number) AS avg_1
FROM (SELECT ranked.number AS number, ranked.place AS place, ranked.size AS size
FROM (SELECT refunds.amount_base AS number, row_number() OVER (ORDER BY refunds.amount_base) AS place, count(*) OVER () AS size
FROM refunds
WHERE refunds.id IN (SELECT refunds.id
FROM refunds JOIN order_items ON order_items.order_id = refunds.order_id JOIN products ON products.id = order_items.product_id
WHERE products.category IN (:category_1_1)) AND refunds.amount_base IS NOT NULL) AS ranked
WHERE :place_1 * ranked.place >= ranked.size AND :place_2 * ranked.place <= ranked.size + :size_1) AS middle) AS value;
-- bound: {"place_1": 2, "place_2": 2, "size_1": 2, "category_1_1": "Robert'); DROP TABLE orders;--"}

-- largest discount by country
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT customers.country AS "key", max(orders.discount * coalesce(CAST(orders.total_base AS DOUBLE) / (nullif(orders.total, :nullif_1) + 0.0), CASE WHEN (orders.currency = :currency_1) THEN :param_1 WHEN (orders.currency = :currency_2) THEN :param_2 END)) AS value
FROM orders LEFT OUTER JOIN customers ON customers.id = orders.customer_id
WHERE orders.status != :status_1 GROUP BY customers.country) AS groups
WHERE groups.value IS NOT NULL ORDER BY groups.value DESC, groups."key";
-- bound: {"nullif_1": 0, "currency_1": "EUR", "param_1": 1.0, "currency_2": "USD", "param_2": 0.92, "status_1": "cancelled"}

-- average selling price by category
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT products.category AS "key", CAST(sum(order_items.quantity * order_items.unit_price * coalesce(CAST(orders.total_base AS DOUBLE) / (nullif(orders.total, :nullif_1) + 0.0), CASE WHEN (orders.currency = :currency_1) THEN :param_1 WHEN (orders.currency = :currency_2) THEN :param_2 END)) AS DOUBLE) / (nullif(sum(order_items.quantity), :nullif_2) + 0.0) AS value
FROM order_items LEFT OUTER JOIN orders ON orders.id = order_items.order_id LEFT OUTER JOIN products ON products.id = order_items.product_id
WHERE orders.status != :status_1 GROUP BY products.category) AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"nullif_1": 0, "currency_1": "EUR", "param_1": 1.0, "currency_2": "USD", "param_2": 0.92, "nullif_2": 0, "status_1": "cancelled"}

-- orders in May with a refund
SELECT (SELECT count(orders.id) AS count_1
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 AND CASE WHEN (EXISTS (SELECT refunds.id
FROM refunds
WHERE refunds.order_id = orders.id)) THEN :param_1 ELSE :param_2 END IN (:param_3_1)) AS value;
-- bound: {"status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00", "param_1": 1, "param_2": 0, "param_3_1": 1}

-- median order by customer
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT middle."key" AS "key", avg(middle.number) AS value
FROM (SELECT ranked.number AS number, ranked.place AS place, ranked.size AS size, ranked."key" AS "key"
FROM (SELECT orders.total_base AS number, row_number() OVER (PARTITION BY coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) ORDER BY orders.total_base) AS place, count(*) OVER (PARTITION BY coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)))) AS size, coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS "key"
FROM orders LEFT OUTER JOIN customers ON customers.id = orders.customer_id
WHERE orders.status != :status_1 AND orders.total_base IS NOT NULL) AS ranked
WHERE :place_1 * ranked.place >= ranked.size AND :place_2 * ranked.place <= ranked.size + :size_1) AS middle
WHERE middle."key" IS NOT NULL GROUP BY middle."key") AS groups
WHERE groups.value IS NOT NULL ORDER BY groups.value DESC, groups."key"
 LIMIT :param_1 OFFSET :param_2;
-- bound: {"status_1": "cancelled", "place_1": 2, "place_2": 2, "size_1": 2, "param_1": 10, "param_2": 0}

-- refunds by reason this year
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT refunds.reason AS "key", count(refunds.id) AS value
FROM refunds
WHERE refunds.created_at >= :created_at_1 AND refunds.created_at < :created_at_2 GROUP BY refunds.reason) AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"created_at_1": "2026-01-01 00:00:00+01:00", "created_at_2": "2026-06-30 12:00:00+00:00"}

-- visits by source in May
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT visits.source AS "key", count(visits.id) AS value
FROM visits
WHERE visits.at >= :at_1 AND visits.at < :at_2 GROUP BY visits.source) AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"at_1": "2026-05-01 00:00:00+02:00", "at_2": "2026-06-01 00:00:00+02:00"}

-- top 10 customers by revenue
SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS "key", customer_stats.spend_base AS value, (SELECT (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.orders >= :orders_1) - (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.orders >= :orders_1 AND customer_stats.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) AS anon_1) AS matches
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customer_stats.orders >= :orders_1 ORDER BY customer_stats.spend_base DESC, coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)))
 LIMIT :param_1 OFFSET :param_2;
-- bound: {"orders_1": 1, "param_1": 10, "param_2": 0}

-- top 10 customers by spend this year
SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS "key", summed.value, (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.last_order_at >= :last_order_at_1) AS matches
FROM (SELECT customer_stats.customer_id AS customer_id, (SELECT sum(orders.total_base) AS sum_1
FROM orders
WHERE orders.customer_id = customer_stats.customer_id AND orders.placed_at >= :placed_at_1 AND orders.status != :status_1) AS value
FROM customer_stats
WHERE customer_stats.last_order_at >= :last_order_at_1 AND customer_stats.spend_base >= coalesce((SELECT likely.value
FROM (SELECT (SELECT sum(orders.total_base) AS sum_2
FROM orders
WHERE orders.customer_id = customer_stats.customer_id AND orders.placed_at >= :placed_at_2 AND orders.status != :status_2) AS value
FROM customer_stats
WHERE customer_stats.last_order_at >= :last_order_at_1 ORDER BY customer_stats.spend_base DESC
 LIMIT :param_1 OFFSET :param_2) AS likely ORDER BY likely.value DESC
 LIMIT :param_3 OFFSET :param_4), :coalesce_1)) AS summed JOIN customers ON customers.id = summed.customer_id ORDER BY summed.value DESC, coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)))
 LIMIT :param_5 OFFSET :param_6;
-- bound: {"last_order_at_1": "2026-01-01 00:00:00+01:00", "placed_at_1": "2026-01-01 00:00:00+01:00", "status_1": "cancelled", "placed_at_2": "2026-01-01 00:00:00+01:00", "status_2": "cancelled", "param_1": 1000, "param_2": 0, "param_3": 1, "param_4": 9, "coalesce_1": 0, "param_5": 10, "param_6": 0}

-- the 10 customers who spent most
SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, customers.country AS country, customers.city AS city, customer_stats.orders AS orders, customer_stats.last_order_at AS last_order_at, customer_stats.spend_base AS spend, (SELECT (SELECT count(*) AS count_1
FROM customer_stats) - (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) AS anon_1) AS matches
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customer_stats.spend_base IS NOT NULL AND customer_stats.spend_base >= coalesce((SELECT customer_stats.spend_base
FROM customer_stats
WHERE customer_stats.spend_base IS NOT NULL AND (customer_stats.customer_id NOT IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) ORDER BY customer_stats.spend_base DESC
 LIMIT :param_1 OFFSET :param_2), :coalesce_1) ORDER BY customer_stats.spend_base DESC, coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)))
 LIMIT :param_3 OFFSET :param_4;
-- bound: {"param_1": 1, "param_2": 9, "coalesce_1": 0, "param_3": 10, "param_4": 0}

-- customers with more than 5 orders
SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, customers.country AS country, customers.city AS city, customer_stats.orders AS orders, customer_stats.last_order_at AS last_order_at, customer_stats.spend_base AS spend, count(*) OVER () AS matches
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customer_stats.orders > :orders_1 ORDER BY coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))), coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)));
-- bound: {"orders_1": 5}

-- the latest 10 orders
SELECT orders.external_id AS "order", coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, orders.placed_at AS placed_at, orders.status AS order_status, orders.total_base AS total, (SELECT (SELECT coalesce(sum(customer_stats.orders), :coalesce_2) AS coalesce_1
FROM customer_stats) + coalesce((SELECT count(orders.id) AS count_1
FROM orders
WHERE orders.status != :status_1 AND orders.customer_id IS NULL), :coalesce_3) AS anon_1) AS matches
FROM orders LEFT OUTER JOIN customers ON customers.id = orders.customer_id
WHERE orders.status != :status_1 ORDER BY orders.placed_at DESC, orders.external_id
 LIMIT :param_1 OFFSET :param_2;
-- bound: {"coalesce_2": 0, "status_1": "cancelled", "coalesce_3": 0, "param_1": 10, "param_2": 0}

-- articles out of stock
SELECT products.sku AS product, products.name AS product_name, products.category AS category, products.price * CASE WHEN (products.currency = :currency_1) THEN :param_1 WHEN (products.currency = :currency_2) THEN :param_2 END AS price, products.stock AS stock, count(*) OVER () AS matches
FROM products
WHERE products.stock = :stock_1 ORDER BY products.sku, products.sku;
-- bound: {"currency_1": "EUR", "param_1": 1.0, "currency_2": "USD", "param_2": 0.92, "stock_1": 0}

-- refunds above 100 in May
SELECT refunds.external_id AS refund, orders.external_id AS "order", coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, refunds.created_at AS created_at, refunds.reason AS reason, refunds.status AS refund_status, refunds.amount_base AS amount, count(*) OVER () AS matches
FROM refunds LEFT OUTER JOIN orders ON orders.id = refunds.order_id LEFT OUTER JOIN customers ON customers.id = refunds.customer_id
WHERE refunds.created_at >= :created_at_1 AND refunds.created_at < :created_at_2 AND refunds.amount_base > :amount_base_1 ORDER BY refunds.external_id, refunds.external_id;
-- bound: {"created_at_1": "2026-05-01 00:00:00+02:00", "created_at_2": "2026-06-01 00:00:00+02:00", "amount_base_1": 10000}

-- reviews with one star of that category
SELECT reviews.external_id AS review, coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, products.sku AS product, reviews.created_at AS created_at, reviews.rating AS stars, count(*) OVER () AS matches
FROM reviews LEFT OUTER JOIN products ON products.id = reviews.product_id LEFT OUTER JOIN customers ON customers.id = reviews.customer_id
WHERE reviews.rating IN (:rating_1_1) AND products.category IN (:category_1_1) ORDER BY reviews.external_id, reviews.external_id;
-- bound: {"rating_1_1": 1, "category_1_1": "Robert'); DROP TABLE orders;--"}

-- urgent open tickets
SELECT coalesce(tickets.external_id, CAST(tickets.id AS VARCHAR(100))) AS ticket, coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, tickets.kind AS kind, tickets.priority AS priority, tickets.status AS ticket_status, tickets.assignee AS agent, tickets.opened_at AS opened_at, count(*) OVER () AS matches
FROM tickets LEFT OUTER JOIN customers ON customers.id = tickets.customer_id
WHERE tickets.merged_into_id IS NULL AND tickets.priority IN (:priority_1_1) AND CASE WHEN (tickets.status != :status_1) THEN :param_1 ELSE :param_2 END IN (:param_3_1) ORDER BY coalesce(tickets.external_id, CAST(tickets.id AS VARCHAR(100))), coalesce(tickets.external_id, CAST(tickets.id AS VARCHAR(100)));
-- bound: {"status_1": "resolved", "param_1": 1, "param_2": 0, "priority_1_1": "urgent", "param_3_1": 1}

-- visits in May
SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, products.sku AS product, visits.source AS source, visits.at AS at, count(*) OVER () AS matches
FROM visits LEFT OUTER JOIN products ON products.id = visits.product_id LEFT OUTER JOIN customers ON customers.id = visits.customer_id
WHERE visits.at >= :at_1 AND visits.at < :at_2 ORDER BY coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))), coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)));
-- bound: {"at_1": "2026-05-01 00:00:00+02:00", "at_2": "2026-06-01 00:00:00+02:00"}

-- carts
SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, products.sku AS product, carts.quantity AS quantity, carts.updated_at AS updated_at, count(*) OVER () AS matches
FROM carts LEFT OUTER JOIN products ON products.id = carts.product_id LEFT OUTER JOIN customers ON customers.id = carts.customer_id ORDER BY coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))), coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)));
-- bound: {}

-- messages in May
SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, messages.author_kind AS author, messages.created_at AS created_at, count(*) OVER () AS matches
FROM messages LEFT OUTER JOIN conversations ON conversations.id = messages.conversation_id LEFT OUTER JOIN customers ON customers.id = conversations.customer_id
WHERE messages.direction != :direction_1 AND messages.created_at >= :created_at_1 AND messages.created_at < :created_at_2 ORDER BY coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))), coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)));
-- bound: {"direction_1": "note", "created_at_1": "2026-05-01 00:00:00+02:00", "created_at_2": "2026-06-01 00:00:00+02:00"}

-- customers who never ordered
SELECT (SELECT (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.orders = :orders_1) - (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.orders = :orders_1 AND customer_stats.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) AS anon_1) AS value;
-- bound: {"orders_1": 0}

-- buyers who have not bought for 90 days
SELECT (SELECT (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.last_order_at IS NOT NULL AND customer_stats.last_order_at < :last_order_at_1) - (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.last_order_at IS NOT NULL AND customer_stats.last_order_at < :last_order_at_1 AND customer_stats.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) AS anon_1) AS value;
-- bound: {"last_order_at_1": "2026-04-01 12:00:00+00:00"}

-- French customers who spent over 200 in the last 90 days
SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, customers.country AS country, customers.city AS city, customer_stats.orders AS orders, customer_stats.last_order_at AS last_order_at, customer_stats.spend_base AS spend, count(*) OVER () AS matches
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customers.country IN (:country_1_1) AND customer_stats.spend_base + :param_1 >= :param_2 AND customer_stats.last_order_at + :param_3 >= :param_4 AND (SELECT sum(orders.total_base) AS sum_1
FROM orders
WHERE orders.customer_id = customer_stats.customer_id AND orders.placed_at >= :placed_at_1 AND orders.status != :status_1) >= :param_5 ORDER BY coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))), coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)));
-- bound: {"param_1": 0, "param_2": 20001, "param_3": 0, "param_4": "2026-04-01 12:00:00+00:00", "placed_at_1": "2026-04-01 12:00:00+00:00", "status_1": "cancelled", "param_5": 20001, "country_1_1": "FR"}

-- customers who bought shoes but never bags
SELECT (SELECT count(customers.id) AS count_1
FROM customers
WHERE customers.merged_into_id IS NULL AND customers.id IN (SELECT orders.customer_id
FROM order_items LEFT OUTER JOIN orders ON orders.id = order_items.order_id LEFT OUTER JOIN products ON products.id = order_items.product_id
WHERE orders.status != :status_1 AND products.category IN (:category_1_1) AND orders.customer_id IS NOT NULL) AND coalesce(customers.id IN (SELECT orders.customer_id
FROM order_items LEFT OUTER JOIN orders ON orders.id = order_items.order_id LEFT OUTER JOIN products ON products.id = order_items.product_id
WHERE orders.status != :status_1 AND products.category IN (:category_2_1) AND orders.customer_id IS NOT NULL), 0) = 0) AS value;
-- bound: {"status_1": "cancelled", "category_1_1": "Shoes", "category_2_1": "Bags"}

-- customers who ordered again within 30 days
SELECT (SELECT count(customers.id) AS count_1
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id LEFT OUTER JOIN (SELECT placed.customer_id AS customer_id, placed.placed_at AS placed_at
FROM (SELECT orders.customer_id AS customer_id, orders.placed_at AS placed_at, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.placed_at, orders.id) AS place
FROM orders
WHERE orders.status != :status_1 AND orders.customer_id IS NOT NULL) AS placed
WHERE placed.place = :place_1) AS second_orders ON second_orders.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND (second_orders.placed_at - customer_stats.first_order_at) / (:param_1 + 0.0) <= :param_2) AS value;
-- bound: {"status_1": "cancelled", "place_1": 2, "param_1": 86400000.0, "param_2": 30}

-- average days to the second order
SELECT (SELECT avg(CAST((second_orders.placed_at - customer_stats.first_order_at) / (:param_1 + 0.0) AS DOUBLE)) AS avg_1
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id LEFT OUTER JOIN (SELECT placed.customer_id AS customer_id, placed.placed_at AS placed_at
FROM (SELECT orders.customer_id AS customer_id, orders.placed_at AS placed_at, row_number() OVER (PARTITION BY orders.customer_id ORDER BY orders.placed_at, orders.id) AS place
FROM orders
WHERE orders.status != :status_1 AND orders.customer_id IS NOT NULL) AS placed
WHERE placed.place = :place_1) AS second_orders ON second_orders.customer_id = customers.id
WHERE customers.merged_into_id IS NULL) AS value;
-- bound: {"param_1": 86400000.0, "status_1": "cancelled", "place_1": 2}

-- customers with less than 2 orders this year
SELECT (SELECT count(customers.id) AS count_1
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND coalesce(customer_stats.orders + :param_1 >= :param_2 AND customer_stats.last_order_at + :param_3 >= :param_4 AND (SELECT count(*) AS count_2
FROM orders
WHERE orders.customer_id = customer_stats.customer_id AND orders.placed_at >= :placed_at_1 AND orders.status != :status_1) >= :param_5, 0) = 0) AS value;
-- bound: {"param_1": 0, "param_2": 2, "param_3": 0, "param_4": "2026-01-01 00:00:00+01:00", "placed_at_1": "2026-01-01 00:00:00+01:00", "status_1": "cancelled", "param_5": 2}

-- customers with a bad average rating or more than 2 refunds
SELECT (SELECT count(customers.id) AS count_1
FROM customers
WHERE customers.merged_into_id IS NULL AND (customers.id IN (SELECT reviews.customer_id
FROM reviews
WHERE reviews.customer_id IS NOT NULL GROUP BY reviews.customer_id
HAVING avg(CAST(reviews.rating AS DOUBLE)) < :avg_1) OR customers.id IN (SELECT refunds.customer_id
FROM refunds
WHERE refunds.customer_id IS NOT NULL GROUP BY refunds.customer_id
HAVING count(refunds.id) > :count_2))) AS value;
-- bound: {"avg_1": 3, "count_2": 2}

-- orders of customers who wrote in May
SELECT (SELECT count(orders.id) AS count_1
FROM orders
WHERE orders.status != :status_1 AND orders.customer_id IN (SELECT conversations.customer_id
FROM messages LEFT OUTER JOIN conversations ON conversations.id = messages.conversation_id
WHERE messages.direction != :direction_1 AND messages.created_at >= :created_at_1 AND messages.created_at < :created_at_2 AND conversations.customer_id IS NOT NULL)) AS value;
-- bound: {"status_1": "cancelled", "direction_1": "note", "created_at_1": "2026-05-01 00:00:00+02:00", "created_at_2": "2026-06-01 00:00:00+02:00"}

-- revenue of customers who spent over 500
SELECT (SELECT coalesce(sum(orders.total_base), :coalesce_2) AS coalesce_1
FROM orders
WHERE orders.status != :status_1 AND orders.customer_id IN (SELECT customers.id
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customer_stats.spend_base > :spend_base_1)) AS value;
-- bound: {"coalesce_2": 0, "status_1": "cancelled", "spend_base_1": 50000}

-- orders with the largest refunds
SELECT orders.external_id AS "order", coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, orders.placed_at AS placed_at, orders.status AS order_status, orders.total_base AS total, (SELECT sum(refunds.amount_base) AS sum_1
FROM refunds
WHERE refunds.order_id = orders.id) AS refund_amount, (SELECT count(orders.id) AS count_1
FROM orders
WHERE orders.status != :status_1 AND (SELECT sum(refunds.amount_base) AS sum_1
FROM refunds
WHERE refunds.order_id = orders.id) IS NOT NULL) AS matches
FROM orders LEFT OUTER JOIN customers ON customers.id = orders.customer_id
WHERE orders.status != :status_1 AND (SELECT sum(refunds.amount_base) AS sum_1
FROM refunds
WHERE refunds.order_id = orders.id) IS NOT NULL ORDER BY (SELECT sum(refunds.amount_base) AS sum_1
FROM refunds
WHERE refunds.order_id = orders.id) DESC, orders.external_id
 LIMIT :param_1 OFFSET :param_2;
-- bound: {"status_1": "cancelled", "param_1": 10, "param_2": 0}

-- how many of the 50 best customers live in France
WITH anon_1 AS
(SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS "key", customer_stats.spend_base AS value, (SELECT (SELECT count(*) AS count_2
FROM customer_stats
WHERE customer_stats.orders >= :orders_1) - (SELECT count(*) AS count_2
FROM customer_stats
WHERE customer_stats.orders >= :orders_1 AND customer_stats.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) AS anon_2) AS matches
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customer_stats.orders >= :orders_1 ORDER BY customer_stats.spend_base DESC, coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)))
 LIMIT :param_1 OFFSET :param_2)
 SELECT (SELECT count(customers.id) AS count_1
FROM customers
WHERE customers.merged_into_id IS NULL AND customers.id IN (SELECT customers.id
FROM customers JOIN anon_1 ON customers.external_id = anon_1."key" UNION ALL SELECT customers.id
FROM customers JOIN anon_1 ON CAST(customers.id AS VARCHAR(100)) = anon_1."key"
WHERE customers.external_id IS NULL) AND customers.country IN (:country_1_1)) AS value;
-- bound: {"orders_1": 1, "param_1": 50, "param_2": 0, "country_1_1": "FR"}

-- stock of the ten articles that sold best this year
WITH anon_1 AS
(SELECT groups."key" AS "key", groups.name AS name, groups.value AS value, count(*) OVER () AS matches
FROM (SELECT products.sku AS "key", products.name AS name, sold.value AS value
FROM (SELECT order_items.product_id AS product_id, coalesce(sum(order_items.quantity), :coalesce_2) AS value
FROM order_items LEFT OUTER JOIN orders ON orders.id = order_items.order_id
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 GROUP BY order_items.product_id) AS sold LEFT OUTER JOIN products ON products.id = sold.product_id) AS groups ORDER BY groups.value DESC, groups."key"
 LIMIT :param_1 OFFSET :param_2)
 SELECT groups."key", groups.name, groups.value, count(*) OVER () AS matches
FROM (SELECT products.sku AS "key", max(products.name) AS name, coalesce(sum(products.stock), :coalesce_1) AS value
FROM products
WHERE products.id IN (SELECT products.id
FROM products JOIN anon_1 ON products.sku = anon_1."key") GROUP BY products.sku) AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"coalesce_1": 0, "coalesce_2": 0, "status_1": "cancelled", "placed_at_1": "2026-01-01 00:00:00+01:00", "placed_at_2": "2026-06-30 12:00:00+00:00", "param_1": 10, "param_2": 0}

-- customers by segment, computed
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT segments."key" AS "key", segments.value AS value
FROM (SELECT :param_1 AS "key", count(*) AS value, count(*) AS rows_of_it
FROM customer_stats
WHERE customer_stats.orders + :orders_1 > :param_2 AND customer_stats.last_order_at > :param_3 AND customer_stats.orders + :orders_1 > :param_4 AND (customer_stats.customer_id NOT IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) UNION ALL SELECT :param_5 AS "key", count(*) AS value, count(*) AS rows_of_it
FROM customer_stats
WHERE customer_stats.orders + :orders_2 > :param_6 AND customer_stats.last_order_at > :param_7 AND customer_stats.last_order_at <= :param_8 AND customer_stats.orders + :orders_2 > :param_9 AND (customer_stats.customer_id NOT IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) UNION ALL SELECT :param_10 AS "key", count(*) AS value, count(*) AS rows_of_it
FROM customer_stats
WHERE customer_stats.orders + :orders_3 > :param_11 AND customer_stats.last_order_at > :param_12 AND customer_stats.orders + :orders_3 > :param_13 AND customer_stats.orders + :orders_3 <= :param_14 AND (customer_stats.customer_id NOT IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) UNION ALL SELECT :param_15 AS "key", count(*) AS value, count(*) AS rows_of_it
FROM customer_stats
WHERE customer_stats.orders + :orders_4 > :param_16 AND customer_stats.last_order_at > :param_17 AND customer_stats.orders + :orders_4 <= :param_18 AND (customer_stats.customer_id NOT IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) UNION ALL SELECT :param_19 AS "key", count(*) AS value, count(*) AS rows_of_it
FROM customer_stats
WHERE customer_stats.orders + :orders_5 > :param_20 AND customer_stats.last_order_at > :param_21 AND customer_stats.last_order_at <= :param_22 AND customer_stats.orders + :orders_5 <= :param_23 AND (customer_stats.customer_id NOT IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) UNION ALL SELECT :param_24 AS "key", count(*) AS value, count(*) AS rows_of_it
FROM customer_stats
WHERE customer_stats.orders + :orders_6 > :param_25 AND customer_stats.last_order_at > :param_26 AND customer_stats.last_order_at <= :param_27 AND customer_stats.orders + :orders_6 > :param_28 AND customer_stats.orders + :orders_6 <= :param_29 AND (customer_stats.customer_id NOT IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) UNION ALL SELECT :param_30 AS "key", count(*) AS value, count(*) AS rows_of_it
FROM customer_stats
WHERE customer_stats.orders + :orders_7 > :param_31 AND customer_stats.last_order_at > :param_32 AND customer_stats.last_order_at <= :param_33 AND customer_stats.orders + :orders_7 <= :param_34 AND (customer_stats.customer_id NOT IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) UNION ALL SELECT :param_35 AS "key", count(*) AS value, count(*) AS rows_of_it
FROM customer_stats
WHERE customer_stats.orders + :orders_8 > :param_36 AND customer_stats.last_order_at <= :param_37 AND customer_stats.orders + :orders_8 > :param_38 AND (customer_stats.customer_id NOT IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) UNION ALL SELECT :param_39 AS "key", count(*) AS value, count(*) AS rows_of_it
FROM customer_stats
WHERE customer_stats.orders + :orders_9 > :param_40 AND customer_stats.last_order_at <= :param_41 AND customer_stats.orders + :orders_9 > :param_42 AND customer_stats.orders + :orders_9 <= :param_43 AND (customer_stats.customer_id NOT IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) UNION ALL SELECT :param_44 AS "key", count(*) AS value, count(*) AS rows_of_it
FROM customer_stats
WHERE customer_stats.orders + :orders_10 > :param_45 AND customer_stats.last_order_at <= :param_46 AND customer_stats.orders + :orders_10 <= :param_47 AND (customer_stats.customer_id NOT IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) UNION ALL SELECT NULL AS "key", (SELECT (SELECT count(*) AS count_1
FROM customers) - (SELECT count(*) AS count_1
FROM customers
WHERE customers.merged_into_id IS NOT NULL) AS anon_1) - (SELECT (SELECT count(*) AS count_2
FROM customer_stats
WHERE customer_stats.orders > :orders_11) - (SELECT count(*) AS count_2
FROM customer_stats
WHERE customer_stats.orders > :orders_11 AND customer_stats.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) AS anon_2) AS value, (SELECT (SELECT count(*) AS count_1
FROM customers) - (SELECT count(*) AS count_1
FROM customers
WHERE customers.merged_into_id IS NOT NULL) AS anon_1) - (SELECT (SELECT count(*) AS count_2
FROM customer_stats
WHERE customer_stats.orders > :orders_11) - (SELECT count(*) AS count_2
FROM customer_stats
WHERE customer_stats.orders > :orders_11 AND customer_stats.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) AS anon_2) AS rows_of_it) AS segments
WHERE segments.rows_of_it > :rows_of_it_1) AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"param_1": "champions", "orders_1": 0, "param_2": 0, "param_3": 400, "param_4": 2, "param_5": "loyal", "orders_2": 0, "param_6": 0, "param_7": 200, "param_8": 400, "param_9": 2, "param_10": "potential loyalist", "orders_3": 0, "param_11": 0, "param_12": 300, "param_13": 1, "param_14": 2, "param_15": "new", "orders_4": 0, "param_16": 0, "param_17": 400, "param_18": 1, "param_19": "promising", "orders_5": 0, "param_20": 0, "param_21": 300, "param_22": 400, "param_23": 1, "param_24": "need attention", "orders_6": 0, "param_25": 0, "param_26": 200, "param_27": 300, "param_28": 1, "param_29": 2, "param_30": "about to sleep", "orders_7": 0, "param_31": 0, "param_32": 200, "param_33": 300, "param_34": 1, "param_35": "can't lose", "orders_8": 0, "param_36": 0, "param_37": 200, "param_38": 4, "param_39": "at risk", "orders_9": 0, "param_40": 0, "param_41": 200, "param_42": 1, "param_43": 4, "param_44": "hibernating", "orders_10": 0, "param_45": 0, "param_46": 200, "param_47": 1, "orders_11": 0, "rows_of_it_1": 0}

-- customers by segment, stored
SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT rfm.segment AS "key", count(customers.id) AS value
FROM customers LEFT OUTER JOIN customer_scores AS rfm ON rfm.customer_id = customers.id
WHERE customers.merged_into_id IS NULL GROUP BY rfm.segment) AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {}

-- champions, computed
SELECT (SELECT (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.orders + :orders_1 > :param_1 AND customer_stats.last_order_at > :param_2 AND customer_stats.orders + :orders_1 > :param_3) - (SELECT count(*) AS count_1
FROM customer_stats
WHERE customer_stats.orders + :orders_1 > :param_1 AND customer_stats.last_order_at > :param_2 AND customer_stats.orders + :orders_1 > :param_3 AND customer_stats.customer_id IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL)) AS anon_1) AS value;
-- bound: {"orders_1": 0, "param_1": 0, "param_2": 400, "param_3": 2}

-- revenue of champions in May, stored
SELECT (SELECT coalesce(sum(orders.total_base), :coalesce_2) AS coalesce_1
FROM orders LEFT OUTER JOIN customer_scores AS rfm ON rfm.customer_id = orders.customer_id
WHERE orders.status != :status_1 AND orders.placed_at >= :placed_at_1 AND orders.placed_at < :placed_at_2 AND rfm.segment IN (:segment_1_1)) AS value;
-- bound: {"coalesce_2": 0, "status_1": "cancelled", "placed_at_1": "2026-05-01 00:00:00+02:00", "placed_at_2": "2026-06-01 00:00:00+02:00", "segment_1_1": "champions"}

-- customers with M 5 and R 1
SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, customers.country AS country, customers.city AS city, customer_stats.orders AS orders, customer_stats.last_order_at AS last_order_at, customer_stats.spend_base AS spend, count(*) OVER () AS matches
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND CASE WHEN (customer_stats.orders > :orders_1) THEN CASE WHEN (customer_stats.spend_base > :param_1) THEN :param_2 WHEN (customer_stats.spend_base > :param_3) THEN :param_4 WHEN (customer_stats.spend_base > :param_5) THEN :param_6 WHEN (customer_stats.spend_base > :param_7) THEN :param_8 ELSE :param_9 END END = :param_10 AND CASE WHEN (customer_stats.orders > :orders_2) THEN CASE WHEN (customer_stats.last_order_at > :param_11) THEN :param_12 WHEN (customer_stats.last_order_at > :param_13) THEN :param_14 WHEN (customer_stats.last_order_at > :param_15) THEN :param_16 WHEN (customer_stats.last_order_at > :param_17) THEN :param_18 ELSE :param_19 END END = :param_20 ORDER BY coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))), coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)));
-- bound: {"orders_1": 0, "param_1": 9000, "param_2": 5, "param_3": 2000, "param_4": 4, "param_5": 1000, "param_6": 3, "param_7": 500, "param_8": 2, "param_9": 1, "param_10": 5, "orders_2": 0, "param_11": 400, "param_12": 5, "param_13": 300, "param_14": 4, "param_15": 200, "param_16": 3, "param_17": 100, "param_18": 2, "param_19": 1, "param_20": 1}

-- customers by churn risk
SELECT coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100))) AS customer, customers.country AS country, customers.city AS city, customer_stats.orders AS orders, customer_stats.last_order_at AS last_order_at, customer_stats.spend_base AS spend, customer_scores.churn_risk AS churn_risk, (SELECT count(customers.id) AS count_1
FROM customers LEFT OUTER JOIN customer_scores ON customer_scores.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customer_scores.churn_risk IS NOT NULL) AS matches
FROM customers LEFT OUTER JOIN customer_stats ON customer_stats.customer_id = customers.id LEFT OUTER JOIN customer_scores ON customer_scores.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND customer_scores.churn_risk IS NOT NULL ORDER BY customer_scores.churn_risk DESC, coalesce(customers.external_id, CAST(customers.id AS VARCHAR(100)))
 LIMIT :param_1 OFFSET :param_2;
-- bound: {"param_1": 10, "param_2": 0}

-- buyers then
WITH past_stats AS
(SELECT customers.id AS customer_id, coalesce(past_orders.orders, :coalesce_1) AS orders, past_orders.first_order_at AS first_order_at, past_orders.last_order_at AS last_order_at, coalesce(past_orders.spend_base, :coalesce_2) AS spend_base, coalesce(past_refunds.refunds, :coalesce_3) AS refunds, coalesce(past_refunds.refunded_base, :coalesce_4) AS refunded_base, coalesce(past_tickets.tickets, :coalesce_5) AS tickets, coalesce(past_tickets.open_tickets, :coalesce_6) AS open_tickets, coalesce(past_reviews.ratings, :coalesce_7) AS ratings, coalesce(past_reviews.rating_sum, :coalesce_8) AS rating_sum
FROM customers LEFT OUTER JOIN (SELECT orders.customer_id AS customer_id, count(*) AS orders, min(orders.placed_at) AS first_order_at, max(orders.placed_at) AS last_order_at, sum(orders.total_base) AS spend_base
FROM orders
WHERE orders.placed_at < :param_1 AND orders.customer_id IS NOT NULL AND orders.status != :status_1 GROUP BY orders.customer_id) AS past_orders ON past_orders.customer_id = customers.id LEFT OUTER JOIN (SELECT refunds.customer_id AS customer_id, count(*) AS refunds, sum(CASE WHEN (refunds.status IN (:status_2_1, :status_2_2)) THEN refunds.amount_base ELSE :param_2 END) AS refunded_base
FROM refunds
WHERE refunds.created_at < :param_1 AND refunds.customer_id IS NOT NULL GROUP BY refunds.customer_id) AS past_refunds ON past_refunds.customer_id = customers.id LEFT OUTER JOIN (SELECT tickets.customer_id AS customer_id, count(*) AS tickets, sum(CASE WHEN (tickets.resolved_at IS NULL OR tickets.resolved_at >= :param_1) THEN :param_3 ELSE :param_4 END) AS open_tickets
FROM tickets
WHERE tickets.opened_at < :param_1 AND tickets.customer_id IS NOT NULL GROUP BY tickets.customer_id) AS past_tickets ON past_tickets.customer_id = customers.id LEFT OUTER JOIN (SELECT reviews.customer_id AS customer_id, count(*) AS ratings, sum(reviews.rating) AS rating_sum
FROM reviews
WHERE reviews.created_at < :param_1 AND reviews.customer_id IS NOT NULL GROUP BY reviews.customer_id) AS past_reviews ON past_reviews.customer_id = customers.id)
 SELECT (SELECT count(customers.id) AS count_1
FROM customers LEFT OUTER JOIN past_stats ON past_stats.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND (customers.signed_up_at IS NULL OR customers.signed_up_at < :param_1 OR past_stats.orders > :orders_1) AND past_stats.orders >= :orders_2) AS value;
-- bound: {"coalesce_1": 0, "coalesce_2": 0, "coalesce_3": 0, "coalesce_4": 0, "coalesce_5": 0, "coalesce_6": 0, "coalesce_7": 0, "coalesce_8": 0, "param_1": "2026-06-30 12:00:00+00:00", "status_1": "cancelled", "param_2": 0, "param_3": 1, "param_4": 0, "orders_1": 0, "orders_2": 1, "status_2_1": "approved", "status_2_2": "paid"}

-- revenue then
SELECT (SELECT coalesce(sum(orders.total_base), :coalesce_2) AS coalesce_1
FROM orders
WHERE orders.status != :status_1 AND orders.placed_at < :param_1) AS value;
-- bound: {"coalesce_2": 0, "status_1": "cancelled", "param_1": "2026-06-30 12:00:00+00:00"}

-- customers by segment then
WITH past_stats AS
(SELECT customers.id AS customer_id, coalesce(past_orders.orders, :coalesce_1) AS orders, past_orders.first_order_at AS first_order_at, past_orders.last_order_at AS last_order_at, coalesce(past_orders.spend_base, :coalesce_2) AS spend_base, coalesce(past_refunds.refunds, :coalesce_3) AS refunds, coalesce(past_refunds.refunded_base, :coalesce_4) AS refunded_base, coalesce(past_tickets.tickets, :coalesce_5) AS tickets, coalesce(past_tickets.open_tickets, :coalesce_6) AS open_tickets, coalesce(past_reviews.ratings, :coalesce_7) AS ratings, coalesce(past_reviews.rating_sum, :coalesce_8) AS rating_sum
FROM customers LEFT OUTER JOIN (SELECT orders.customer_id AS customer_id, count(*) AS orders, min(orders.placed_at) AS first_order_at, max(orders.placed_at) AS last_order_at, sum(orders.total_base) AS spend_base
FROM orders
WHERE orders.placed_at < :param_1 AND orders.customer_id IS NOT NULL AND orders.status != :status_1 GROUP BY orders.customer_id) AS past_orders ON past_orders.customer_id = customers.id LEFT OUTER JOIN (SELECT refunds.customer_id AS customer_id, count(*) AS refunds, sum(CASE WHEN (refunds.status IN (:status_2_1, :status_2_2)) THEN refunds.amount_base ELSE :param_2 END) AS refunded_base
FROM refunds
WHERE refunds.created_at < :param_1 AND refunds.customer_id IS NOT NULL GROUP BY refunds.customer_id) AS past_refunds ON past_refunds.customer_id = customers.id LEFT OUTER JOIN (SELECT tickets.customer_id AS customer_id, count(*) AS tickets, sum(CASE WHEN (tickets.resolved_at IS NULL OR tickets.resolved_at >= :param_1) THEN :param_3 ELSE :param_4 END) AS open_tickets
FROM tickets
WHERE tickets.opened_at < :param_1 AND tickets.customer_id IS NOT NULL GROUP BY tickets.customer_id) AS past_tickets ON past_tickets.customer_id = customers.id LEFT OUTER JOIN (SELECT reviews.customer_id AS customer_id, count(*) AS ratings, sum(reviews.rating) AS rating_sum
FROM reviews
WHERE reviews.created_at < :param_1 AND reviews.customer_id IS NOT NULL GROUP BY reviews.customer_id) AS past_reviews ON past_reviews.customer_id = customers.id),
rfm AS
(SELECT scored.customer_id AS customer_id, scored.recency AS recency, scored.frequency AS frequency, scored.monetary AS monetary, CASE scored.recency * :recency_1 + scored.frequency WHEN :param_5 THEN :param_6 WHEN :param_7 THEN :param_8 WHEN :param_9 THEN :param_10 WHEN :param_11 THEN :param_12 WHEN :param_13 THEN :param_14 WHEN :param_15 THEN :param_16 WHEN :param_17 THEN :param_18 WHEN :param_19 THEN :param_20 WHEN :param_21 THEN :param_22 WHEN :param_23 THEN :param_24 WHEN :param_25 THEN :param_26 WHEN :param_27 THEN :param_28 WHEN :param_29 THEN :param_30 WHEN :param_31 THEN :param_32 WHEN :param_33 THEN :param_34 WHEN :param_35 THEN :param_36 WHEN :param_37 THEN :param_38 WHEN :param_39 THEN :param_40 WHEN :param_41 THEN :param_42 WHEN :param_43 THEN :param_44 WHEN :param_45 THEN :param_46 WHEN :param_47 THEN :param_48 WHEN :param_49 THEN :param_50 WHEN :param_51 THEN :param_52 WHEN :param_53 THEN :param_54 END AS segment
FROM (SELECT past_stats.customer_id AS customer_id, CASE WHEN (:param_55 + (:param_56 * (rank() OVER (ORDER BY past_stats.last_order_at) - :param_57)) / count(*) OVER () > :param_58) THEN :param_59 ELSE :param_55 + (:param_56 * (rank() OVER (ORDER BY past_stats.last_order_at) - :param_57)) / count(*) OVER () END AS recency, CASE WHEN (:param_60 + (:param_61 * (rank() OVER (ORDER BY past_stats.orders) - :param_62)) / count(*) OVER () > :param_63) THEN :param_64 ELSE :param_60 + (:param_61 * (rank() OVER (ORDER BY past_stats.orders) - :param_62)) / count(*) OVER () END AS frequency, CASE WHEN (:param_65 + (:param_66 * (rank() OVER (ORDER BY past_stats.spend_base) - :param_67)) / count(*) OVER () > :param_68) THEN :param_69 ELSE :param_65 + (:param_66 * (rank() OVER (ORDER BY past_stats.spend_base) - :param_67)) / count(*) OVER () END AS monetary
FROM past_stats
WHERE past_stats.orders > :orders_1 AND (past_stats.customer_id NOT IN (SELECT customers.id
FROM customers
WHERE customers.merged_into_id IS NOT NULL))) AS scored)
 SELECT groups."key", groups.value, count(*) OVER () AS matches
FROM (SELECT rfm.segment AS "key", count(customers.id) AS value
FROM customers LEFT OUTER JOIN past_stats ON past_stats.customer_id = customers.id LEFT OUTER JOIN rfm ON rfm.customer_id = customers.id
WHERE customers.merged_into_id IS NULL AND (customers.signed_up_at IS NULL OR customers.signed_up_at < :param_1 OR past_stats.orders > :orders_2) GROUP BY rfm.segment) AS groups ORDER BY groups.value DESC, groups."key";
-- bound: {"coalesce_1": 0, "coalesce_2": 0, "coalesce_3": 0, "coalesce_4": 0, "coalesce_5": 0, "coalesce_6": 0, "coalesce_7": 0, "coalesce_8": 0, "param_1": "2026-06-30 12:00:00+00:00", "status_1": "cancelled", "param_2": 0, "param_3": 1, "param_4": 0, "recency_1": 5, "param_5": 29, "param_6": "champions", "param_7": 30, "param_8": "champions", "param_9": 19, "param_10": "loyal", "param_11": 20, "param_12": "loyal", "param_13": 24, "param_14": "loyal", "param_15": 25, "param_16": "loyal", "param_17": 22, "param_18": "potential loyalist", "param_19": 23, "param_20": "potential loyalist", "param_21": 27, "param_22": "potential loyalist", "param_23": 28, "param_24": "potential loyalist", "param_25": 26, "param_26": "new", "param_27": 21, "param_28": "promising", "param_29": 18, "param_30": "need attention", "param_31": 16, "param_32": "about to sleep", "param_33": 17, "param_34": "about to sleep", "param_35": 10, "param_36": "can't lose", "param_37": 15, "param_38": "can't lose", "param_39": 8, "param_40": "at risk", "param_41": 9, "param_42": "at risk", "param_43": 13, "param_44": "at risk", "param_45": 14, "param_46": "at risk", "param_47": 6, "param_48": "hibernating", "param_49": 7, "param_50": "hibernating", "param_51": 11, "param_52": "hibernating", "param_53": 12, "param_54": "hibernating", "param_55": 1, "param_56": 5, "param_57": 1, "param_58": 5, "param_59": 5, "param_60": 1, "param_61": 5, "param_62": 1, "param_63": 5, "param_64": 5, "param_65": 1, "param_66": 5, "param_67": 1, "param_68": 5, "param_69": 5, "orders_1": 0, "orders_2": 0, "status_2_1": "approved", "status_2_2": "paid"}

-- median days between orders then
SELECT (SELECT avg(middle.number) AS avg_1
FROM (SELECT ranked.number AS number, ranked.place AS place, ranked.size AS size
FROM (SELECT gaps.days AS number, row_number() OVER (ORDER BY gaps.days) AS place, count(*) OVER () AS size
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.placed_at AS placed_at, (orders.placed_at - lag(orders.placed_at) OVER (PARTITION BY orders.customer_id ORDER BY orders.placed_at, orders.id)) / (:param_1 + 0.0) AS days
FROM orders
WHERE orders.status != :status_1 AND orders.customer_id IS NOT NULL AND orders.placed_at < :param_2) AS gaps
WHERE gaps.days IS NOT NULL AND gaps.placed_at < :param_2 AND gaps.days IS NOT NULL) AS ranked
WHERE :place_1 * ranked.place >= ranked.size AND :place_2 * ranked.place <= ranked.size + :size_1) AS middle) AS value;
-- bound: {"param_1": 86400000.0, "status_1": "cancelled", "param_2": "2026-06-30 12:00:00+00:00", "place_1": 2, "place_2": 2, "size_1": 2}

-- open tickets then
SELECT (SELECT count(tickets.id) AS count_1
FROM tickets
WHERE tickets.merged_into_id IS NULL AND tickets.opened_at < :param_1 AND CASE WHEN (tickets.resolved_at IS NULL OR tickets.resolved_at >= :param_1) THEN :param_2 ELSE :param_3 END IN (:param_4_1)) AS value;
-- bound: {"param_1": "2026-06-30 12:00:00+00:00", "param_2": 1, "param_3": 0, "param_4_1": 1}
