"""Where the numbers stand in the store: the rows of each kind, their fields, and how tables are joined to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Double,
    FromClause,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from crm_store.rfm import SEGMENTS, Cuts, has_score, score_of
from crm_store.rfm import segment as segment_of
from crm_store.schema import (
    CartItem,
    ChatMessage,
    Conversation,
    Customer,
    CustomerScore,
    CustomerStats,
    Identity,
    Instant,
    Order,
    OrderItem,
    Product,
    Refund,
    Review,
    Shipment,
    Ticket,
    TicketTag,
    Visit,
)
from crm_store.stats import PAID_BACK

_HOUR = 3_600_000
#: the shop's own id; ours for who only ever wrote
_CUSTOMER_ID = func.coalesce(Customer.external_id, cast(Customer.id, Customer.external_id.type))


@dataclass(frozen=True, slots=True)
class Setting:
    """What a question is answered against."""

    now: datetime
    zone: ZoneInfo
    #: minor units of the base currency a minor unit, by currency
    rates: Mapping[str, float]
    #: whether the store holds orders later than now: then only what is earlier counts
    historic: bool = False
    #: whether the stored segments are those of now: nothing was ordered since they were computed
    stored_segments: bool = False
    #: whether what is kept of customers by category is of the categories of now (`crm_store.goods`)
    categories_stand: bool = False
    #: the values between RFM scores, where they were looked up: nobody is ranked then
    cuts: Cuts | None = None


@dataclass(frozen=True, slots=True)
class Join:
    table: FromClause
    on: ColumnElement[bool]
    #: tables that have to be joined before
    after: tuple[FromClause, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """Rows of a kind. `times` holds its usual time first; `numbers` are what is added up, `fields` what is asked by."""

    table: FromClause
    key: Any
    customer: Any
    times: Mapping[str, Any]
    numbers: Mapping[str, Any]
    fields: Mapping[str, Any]
    joins: tuple[Join, ...]
    #: holds for every row unless a status is asked for
    usual: tuple[ColumnElement[bool], ...] = ()
    always: tuple[ColumnElement[bool], ...] = ()
    #: the product that a row is about, where it is about one
    product: Any = None
    #: fields that are reached by other rows: `key in (select ...)`
    through: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def time(self) -> str:
        return next(iter(self.times), "")


def _parcel_of(order: Any) -> Join:
    """An order's first parcel."""
    return Join(Shipment.__table__, and_(Shipment.order_id == order, Shipment.number == 1))


def _ms(column: Any) -> ColumnElement[Any]:
    return type_coerce(column, BigInteger)


def _share(top: Any, bottom: Any) -> ColumnElement[Any]:
    return cast(top, Double) / func.nullif(bottom, 0)


class Facts:
    """The facts as of a setting. One object a statement: what several parts of it need is the same in all."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.now = literal(setting.now, Instant)

    def of(self, name: str) -> Fact:
        made: Fact = getattr(self, name)
        return made

    @cached_property
    def stats(self) -> FromClause:
        """`customer_stats`, or the same made of what came before now."""
        if not self.setting.historic:
            return CustomerStats.__table__
        refund_paid = case((Refund.status.in_(PAID_BACK), Refund.amount_base), else_=0)
        still_open = or_(Ticket.resolved_at.is_(None), Ticket.resolved_at >= self.now)
        parts = [
            self._past(
                Order,
                Order.placed_at,
                Order.status != "cancelled",
                orders=func.count(),
                first_order_at=func.min(Order.placed_at),
                last_order_at=func.max(Order.placed_at),
                spend_base=func.sum(Order.total_base),
            ),
            self._past(Refund, Refund.created_at, refunds=func.count(), refunded_base=func.sum(refund_paid)),
            self._past(
                Ticket, Ticket.opened_at, tickets=func.count(), open_tickets=func.sum(case((still_open, 1), else_=0))
            ),
            self._past(Review, Review.created_at, ratings=func.count(), rating_sum=func.sum(Review.rating)),
        ]
        joined: FromClause = Customer.__table__
        columns: list[Any] = [Customer.id.label("customer_id")]
        for part in parts:
            joined = joined.outerjoin(part, part.c.customer_id == Customer.id)
            columns += [
                column if name.endswith("_at") else func.coalesce(column, 0).label(name)
                for name, column in part.c.items()
                if name != "customer_id"
            ]
        return select(*columns).select_from(joined).cte("past_stats")

    def _past(self, model: Any, time: Any, *where: Any, **sums: Any) -> FromClause:
        columns = [column.label(name) for name, column in sums.items()]
        return (
            select(model.customer_id, *columns)
            .where(time < self.now, model.customer_id.is_not(None), *where)
            .group_by(model.customer_id)
            .subquery(f"past_{model.__tablename__}")
        )

    @cached_property
    def rfm(self) -> FromClause:
        """`customer_id, recency, frequency, monetary, segment` of every buyer (`metrics.md`: RFM, Segments)."""
        if self.setting.stored_segments:
            return CustomerScore.__table__.alias("rfm")
        if self.setting.cuts is not None:
            return self.stats
        stats = self.stats
        buyers = func.count().over()

        def score(column: Any) -> ColumnElement[Any]:
            fifth = 1 + (5 * (func.rank().over(order_by=column) - 1)) // buyers
            return case((fifth > 5, 5), else_=fifth)

        merged = select(Customer.id).where(Customer.merged_into_id.is_not(None))
        scored = (
            select(
                stats.c.customer_id,
                score(stats.c.last_order_at).label("recency"),
                score(stats.c.orders).label("frequency"),
                score(stats.c.spend_base).label("monetary"),
            )
            .where(stats.c.orders > 0, stats.c.customer_id.not_in(merged))
            .subquery("scored")
        )
        segment = segment_of(scored.c.recency, scored.c.frequency)
        made: CTE = select(*scored.c, segment.label("segment")).cte("rfm")
        return made

    @cached_property
    def _scores(self) -> Mapping[str, Any]:
        """R, F, M and the segment of a customer; nothing of who never bought."""
        if self.setting.cuts is None:
            return {name: self.rfm.c[name] for name in ("recency", "frequency", "monetary", "segment")}
        scores = [score_of(value, cuts) for value, cuts in zip(self._scored, self.setting.cuts, strict=True)]
        made: dict[str, ColumnElement[Any]] = {"recency": scores[0], "frequency": scores[1], "monetary": scores[2]}
        made["segment"] = segment_of(scores[0], scores[1])
        return {name: case((self.stats.c.orders > 0, value)) for name, value in made.items()}

    @property
    def _scored(self) -> tuple[ColumnElement[Any], ...]:
        return _ms(self.stats.c.last_order_at), self.stats.c.orders, self.stats.c.spend_base

    def in_segments(self, names: Iterable[Any]) -> ColumnElement[bool]:
        """Whether a customer is in one of the segments."""
        if self.setting.cuts is None:
            stored: ColumnElement[bool] = self._scores["segment"].in_(names)
            return stored
        (last_order_at, orders, _), (recency, frequency, _) = self._scored, self.setting.cuts
        # found by the last order, whose index has the number of orders too; the other way round it would not be
        orders = orders + 0
        boxes = [box for name in names for box in SEGMENTS.get(name, ())]
        meets = [
            and_(has_score(last_order_at, recency, least_r, most_r), has_score(orders, frequency, least_f, most_f))
            for least_r, most_r, least_f, most_f in boxes
        ]
        return and_(orders > 0, or_(false(), *meets))

    # --- kinds of rows ----------------------------------------------------------------------------------------------

    @cached_property
    def customers(self) -> Fact:
        stats, rfm, scores = self.stats, self.rfm, CustomerScore.__table__
        second = self.second_orders
        return Fact(
            table=Customer.__table__,
            key=Customer.id,
            customer=Customer.id,
            times={
                "signed_up_at": Customer.signed_up_at,
                "first_order_at": stats.c.first_order_at,
                "last_order_at": stats.c.last_order_at,
            },
            numbers={
                "spend": stats.c.spend_base,
                "orders": stats.c.orders,
                "days_ordering": (_ms(stats.c.last_order_at) - _ms(stats.c.first_order_at))
                / literal(24.0 * _HOUR, Double),
                "orders_again": case((stats.c.orders > 1, stats.c.orders - 1)),
                "days_to_second": (_ms(second.c.placed_at) - _ms(stats.c.first_order_at))
                / literal(24.0 * _HOUR, Double),
                "aov": _share(stats.c.spend_base, stats.c.orders),
                "refunds": stats.c.refunds,
                "refunded": stats.c.refunded_base,
                "tickets": stats.c.tickets,
                "open_tickets": stats.c.open_tickets,
                "reviews": stats.c.ratings,
                "rating": _share(stats.c.rating_sum, stats.c.ratings),
                "churn_risk": scores.c.churn_risk,
                "propensity": scores.c.propensity,
                "value": scores.c.value_base,
                **{name: self._scores[name] for name in ("recency", "frequency", "monetary")},
            },
            fields=self.customer_fields | {"customer": _CUSTOMER_ID},
            joins=(
                Join(stats, stats.c.customer_id == Customer.id),
                *(() if rfm is stats else (Join(rfm, rfm.c.customer_id == Customer.id),)),
                Join(scores, scores.c.customer_id == Customer.id),
                Join(second, second.c.customer_id == Customer.id),
            ),
            through={"account": (Identity.channel, select(Identity.customer_id))},
            always=(
                Customer.merged_into_id.is_(None),
                *((self._signed_up_by_now(),) if self.setting.historic else ()),
            ),
        )

    def _signed_up_by_now(self) -> ColumnElement[bool]:
        known = Customer.signed_up_at < self.now
        return or_(Customer.signed_up_at.is_(None), known, self.stats.c.orders > 0)

    @cached_property
    def customer_fields(self) -> dict[str, Any]:
        return {
            "country": Customer.country,
            "city": Customer.city,
            "language": Customer.language,
            "consent": Customer.marketing_consent,
            **self._scores,
        }

    def _customer_joins(self, customer: Any, *after: FromClause) -> tuple[Join, ...]:
        return (
            Join(Customer.__table__, Customer.id == customer, after),
            Join(self.rfm, self.rfm.c.customer_id == customer, after),
            *(() if self.rfm is self.stats else (Join(self.stats, self.stats.c.customer_id == customer, after),)),
        )

    @cached_property
    def second_orders(self) -> FromClause:
        """`customer_id, placed_at` of each customer's second order."""
        past = (Order.placed_at < self.now,) if self.setting.historic else ()
        place = func.row_number().over(partition_by=Order.customer_id, order_by=(Order.placed_at, Order.id))
        placed = (
            select(Order.customer_id, Order.placed_at, place.label("place"))
            .where(Order.status != "cancelled", Order.customer_id.is_not(None), *past)
            .subquery("placed")
        )
        return select(placed.c.customer_id, placed.c.placed_at).where(placed.c.place == 2).subquery("second_orders")

    @cached_property
    def orders(self) -> Fact:
        ratio = self._ratio
        took = (_ms(Shipment.delivered_at) - _ms(Order.placed_at)) / literal(24.0 * _HOUR, Double)
        refunded = select(Refund.id).where(Refund.order_id == Order.id).exists()
        pieces = select(func.sum(OrderItem.quantity)).where(OrderItem.order_id == Order.id).scalar_subquery()
        its_refunds = [Refund.order_id == Order.id, *((Refund.created_at < self.now,) if self.setting.historic else ())]
        given_back = select(func.sum(Refund.amount_base)).where(*its_refunds).scalar_subquery()
        return Fact(
            table=Order.__table__,
            key=Order.id,
            customer=Order.customer_id,
            times={"placed_at": Order.placed_at, "delivered_at": Shipment.delivered_at},
            numbers={
                "id": Order.id,
                "one": literal(1),
                "customer": Order.customer_id,
                "total": Order.total_base,
                "units": pieces,
                "refund_amount": given_back,
                "shipping": Order.shipping * ratio,
                "discount": Order.discount * ratio,
                "delivery_days": took,
                "is_cancelled": case((Order.status == "cancelled", 1.0), else_=0.0),
                "is_refunded": case((refunded, 1.0), else_=0.0),
            },
            fields={
                "order": Order.external_id,
                "customer": _CUSTOMER_ID,
                "order_status": Order.status,
                "payment_method": Order.payment_method,
                "currency": Order.currency,
                "carrier": Shipment.carrier,
                "tracking": Shipment.tracking_number,
                "is_refunded": case((refunded, 1), else_=0),
                "has_carrier": case((Shipment.carrier.is_not(None), 1), else_=0),
                "is_tracked": case((Shipment.tracking_number.is_not(None), 1), else_=0),
                "has_arrived": case((Shipment.delivered_at.is_not(None), 1), else_=0),
            }
            | self.customer_fields,
            joins=(
                _parcel_of(Order.id),
                *self._customer_joins(Order.customer_id),
            ),
            usual=(Order.status != "cancelled",),
            through={
                name: (column, select(OrderItem.order_id).join(Product, Product.id == OrderItem.product_id))
                for name, column in (("category", Product.category), ("product", Product.sku))
            }
            | {
                name: (column, select(Refund.order_id))
                for name, column in (("reason", Refund.reason), ("refund_status", Refund.status))
            },
        )

    @cached_property
    def gaps(self) -> Fact:
        """The time from each customer's order to the one before it, as of the later one."""
        past = (Order.placed_at < self.now,) if self.setting.historic else ()
        at = _ms(Order.placed_at)
        before = func.lag(at).over(partition_by=Order.customer_id, order_by=(Order.placed_at, Order.id))
        days = ((at - before) / literal(24.0 * _HOUR, Double)).label("days")
        placed = (
            select(Order.id, Order.customer_id, Order.placed_at, days)
            .where(Order.status != "cancelled", Order.customer_id.is_not(None), *past)
            .subquery("gaps")
        )
        return Fact(
            table=placed,
            key=placed.c.id,
            customer=placed.c.customer_id,
            times={"placed_at": placed.c.placed_at},
            numbers={"days": placed.c.days},
            fields=self.customer_fields | {"customer": _CUSTOMER_ID},
            joins=self._customer_joins(placed.c.customer_id),
            always=(placed.c.days.is_not(None),),
        )

    @property
    def _ratio(self) -> ColumnElement[Any]:
        """Base units a unit of the order's currency: the order's own rate; for an order of nothing, today's."""
        todays = case(*((Order.currency == code, rate) for code, rate in self.setting.rates.items()))
        return func.coalesce(_share(Order.total_base, Order.total), todays)

    @cached_property
    def items(self) -> Fact:
        order, product = Order.__table__, Product.__table__
        return Fact(
            table=OrderItem.__table__,
            key=OrderItem.id,
            product=OrderItem.product_id,
            customer=Order.customer_id,
            times={"placed_at": Order.placed_at},
            numbers={
                "quantity": OrderItem.quantity,
                "amount": OrderItem.quantity * OrderItem.unit_price * self._ratio,
                "unit_price": OrderItem.unit_price * self._ratio,
                "order": OrderItem.order_id,
                "refunded_order": case((Refund.id.is_not(None), OrderItem.order_id)),
                "refund": Refund.id,
                "refund_amount": Refund.amount_base,
                "customer": Order.customer_id,
            },
            fields={
                "product": Product.sku,
                "product_name": Product.name,
                "category": Product.category,
                "customer": _CUSTOMER_ID,
                "order": Order.external_id,
                "order_status": Order.status,
                "payment_method": Order.payment_method,
                "currency": Order.currency,
                "carrier": Shipment.carrier,
            }
            | self.customer_fields,
            joins=(
                Join(order, Order.id == OrderItem.order_id),
                Join(product, Product.id == OrderItem.product_id),
                _parcel_of(OrderItem.order_id),
                # an item of an order with two refunds is two rows: for what counts each thing once
                Join(Refund.__table__, Refund.order_id == OrderItem.order_id),
                *self._customer_joins(Order.customer_id, order),
            ),
            usual=(Order.status != "cancelled",),
        )

    @cached_property
    def refunded_items(self) -> Fact:
        """The items of refunded orders, at the time of the refund: a refund is of an order, not of an item."""
        items, refunds = self.items, self.refunds
        return replace(
            items,
            times={"created_at": Refund.created_at},
            fields={**items.fields, "reason": Refund.reason, "refund_status": Refund.status},
            usual=(),
            always=(Refund.id.is_not(None), *refunds.always),
        )

    @cached_property
    def refunds(self) -> Fact:
        order = Order.__table__
        return Fact(
            table=Refund.__table__,
            key=Refund.id,
            customer=Refund.customer_id,
            times={"created_at": Refund.created_at},
            numbers={"id": Refund.id, "amount": Refund.amount_base},
            fields={
                "refund": Refund.external_id,
                "customer": _CUSTOMER_ID,
                "order": Order.external_id,
                "reason": Refund.reason,
                "refund_status": Refund.status,
                "payment_method": Order.payment_method,
                "currency": Order.currency,
                "carrier": Shipment.carrier,
            }
            | self.customer_fields,
            joins=(
                Join(order, Order.id == Refund.order_id),
                _parcel_of(Refund.order_id),
                *self._customer_joins(Refund.customer_id),
            ),
            through={
                name: (column, select(Refund.id).join(OrderItem, OrderItem.order_id == Refund.order_id).join(Product))
                for name, column in (("category", Product.category), ("product", Product.sku))
            },
        )

    @cached_property
    def reviews(self) -> Fact:
        product = Product.__table__
        return Fact(
            table=Review.__table__,
            key=Review.id,
            customer=Review.customer_id,
            product=Review.product_id,
            times={"created_at": Review.created_at},
            numbers={"id": Review.id, "rating": Review.rating},
            fields={
                "review": Review.external_id,
                "customer": _CUSTOMER_ID,
                "product": Product.sku,
                "product_name": Product.name,
                "category": Product.category,
                "stars": Review.rating,
            }
            | self.customer_fields,
            joins=(Join(product, Product.id == Review.product_id), *self._customer_joins(Review.customer_id)),
        )

    @cached_property
    def tickets(self) -> Fact:
        if self.setting.historic:
            is_open = or_(Ticket.resolved_at.is_(None), Ticket.resolved_at >= self.now)
        else:
            is_open = Ticket.status != "resolved"
        hours = literal(float(_HOUR), Double)
        return Fact(
            table=Ticket.__table__,
            key=Ticket.id,
            customer=Ticket.customer_id,
            times={"opened_at": Ticket.opened_at, "resolved_at": Ticket.resolved_at},
            numbers={
                "id": Ticket.id,
                "first_reply": (_ms(Ticket.first_reply_at) - _ms(Ticket.opened_at)) / hours,
                "resolution": (_ms(Ticket.resolved_at) - _ms(Ticket.opened_at)) / hours,
                "csat": Ticket.csat,
            },
            fields={
                "ticket": func.coalesce(Ticket.external_id, cast(Ticket.id, Customer.external_id.type)),
                "customer": _CUSTOMER_ID,
                "kind": Ticket.kind,
                "ticket_status": Ticket.status,
                "is_open": case((is_open, 1), else_=0),
                "answered": case((Ticket.first_reply_at.is_not(None), 1), else_=0),
                "assigned": case((Ticket.assignee.is_not(None), 1), else_=0),
                "priority": Ticket.priority,
                "agent": Ticket.assignee,
                "score": Ticket.csat,
                "scored": case((Ticket.csat.is_not(None), 1), else_=0),
            }
            | self.customer_fields,
            joins=self._customer_joins(Ticket.customer_id),
            always=(Ticket.merged_into_id.is_(None),),
            through={"tag": (TicketTag.tag, select(TicketTag.ticket_id))},
        )

    @cached_property
    def visits(self) -> Fact:
        product = Product.__table__
        return Fact(
            table=Visit.__table__,
            key=Visit.id,
            customer=Visit.customer_id,
            product=Visit.product_id,
            times={"at": Visit.at},
            numbers={"id": Visit.id, "customer": Visit.customer_id},
            fields={
                "customer": _CUSTOMER_ID,
                "source": Visit.source,
                "product": Product.sku,
                "product_name": Product.name,
                "category": Product.category,
            }
            | self.customer_fields,
            joins=(Join(product, Product.id == Visit.product_id), *self._customer_joins(Visit.customer_id)),
        )

    @cached_property
    def carts(self) -> Fact:
        product = Product.__table__
        rate = case(*((Product.currency == code, rate) for code, rate in self.setting.rates.items()))
        return Fact(
            table=CartItem.__table__,
            key=CartItem.id,
            customer=CartItem.customer_id,
            product=CartItem.product_id,
            times={"updated_at": CartItem.updated_at},
            numbers={
                "customer": CartItem.customer_id,
                "quantity": CartItem.quantity,
                "amount": CartItem.quantity * Product.price * rate,
            },
            fields={
                "customer": _CUSTOMER_ID,
                "product": Product.sku,
                "product_name": Product.name,
                "category": Product.category,
            }
            | self.customer_fields,
            joins=(Join(product, Product.id == CartItem.product_id), *self._customer_joins(CartItem.customer_id)),
        )

    @cached_property
    def messages(self) -> Fact:
        conversation = Conversation.__table__
        return Fact(
            table=ChatMessage.__table__,
            key=ChatMessage.id,
            customer=Conversation.customer_id,
            times={"created_at": ChatMessage.created_at},
            numbers={"id": ChatMessage.id},
            fields={
                "customer": _CUSTOMER_ID,
                "author": ChatMessage.author_kind,
                "channel": Conversation.channel,
            }
            | self.customer_fields,
            joins=(
                Join(conversation, Conversation.id == ChatMessage.conversation_id),
                *self._customer_joins(Conversation.customer_id, conversation),
            ),
            always=(ChatMessage.direction != "note",),
        )

    @cached_property
    def products(self) -> Fact:
        past = self.setting.historic
        of_it = [Review.product_id == Product.id, *((Review.created_at < self.now,) if past else ())]
        sold = (
            select(func.sum(OrderItem.quantity))
            .join(Order, Order.id == OrderItem.order_id)
            .where(
                OrderItem.product_id == Product.id,
                Order.status != "cancelled",
                *((Order.placed_at < self.now,) if past else ()),
            )
        )
        rate = case(*((Product.currency == code, rate) for code, rate in self.setting.rates.items()))
        return Fact(
            table=Product.__table__,
            key=Product.id,
            customer=literal(None),
            times={},
            numbers={
                "id": Product.id,
                "stock": Product.stock,
                "price": Product.price * rate,
                "stock_value": Product.stock * Product.price * rate,
                "rating": select(func.avg(cast(Review.rating, Double))).where(*of_it).scalar_subquery(),
                "reviews": select(func.count()).select_from(Review).where(*of_it).scalar_subquery(),
                "units": func.coalesce(sold.scalar_subquery(), 0),
            },
            fields={"product": Product.sku, "product_name": Product.name, "category": Product.category},
            joins=(),
        )
