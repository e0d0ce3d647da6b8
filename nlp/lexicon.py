"""The words by which the keyword reader knows what is meant, in six languages.

An entry is a word or a phrase in lower case; `*` at its end stands for any ending, ` + ` between parts means that all
of them occur, in any order. Apostrophes are left out in English (`wheres`) and are spaces elsewhere (`l adresse`).
Entries are separated by `;`. The number before a list is its weight: 4 says it outright, 1 is a hint.
"""

from typing import Final

from nlp.meaning import Aspect, Intent

Weighted = dict[int, str]

INTENTS: Final[dict[str, dict[Intent, Weighted]]] = {
    "en": {
        "refund": {
            4: "refund*; money back; reimburs*; moneyback; compensat*; rebate*; refnd; reund; restitution*",
            3: "my money; give me back + money; credit me",
        },
        "return": {
            4: (
                "return label; send it back; send them back; sending it back; send this back; return the; return my"
                "; return it; return this; return an; return a; how do i return; returns policy; return policy"
                "; to return; return them"
            ),
            3: "exchange*; wrong size; different size; bigger size; smaller size; size up; size down; next size",
            2: (
                "return; returning; returns; swap; too small; too big; too large; too tight; too long; too short"
                "; doesnt fit; does not fit; dont fit; do not fit"
            ),
        },
        "complaint": {
            4: (
                "complain*; reclamation*; wrong item; wrong product; wrong colour; wrong color; arrived broken"
                "; arrived damaged; lodge + claim; file + claim; make + claim; filing + claim; claim against"
                "; unsatisfied"
            ),
            3: (
                "damaged; defective; faulty; broken; unacceptable; disgrace*; furious; fed up; never again; a joke"
                "; file a claim; make a claim; missing item; item + missing; missing from; ripped; smashed; cracked"
                "; crushed"
            ),
            2: (
                "torn; tore; broke; disappoint*; terrible; awful; worst; scam; rude; ridiculous; not working"
                "; doesnt work; does not work; stopped working; horrible; leaks; leaking; poor quality; useless"
                "; rubbish; shame; wet; snapped; hole in; not what i ordered; incomplete; unhappy; dissatisfied"
            ),
        },
        "order_status": {
            4: (
                "where is my; wheres my; where is the + parcel; order status; status of my; status of order"
                "; status of the; track my; track the; track order; tracking; track it; track purchase"
                "; where is order; wheres order"
            ),
            3: (
                "not arrived; hasnt arrived; havent received; have not received; didnt arrive; did not arrive"
                "; never arrived; still waiting; not received; when will + arrive; when + get my"
                "; when does + arrive; has it shipped; shipped yet; where + order; where + parcel; where + package"
                "; where + delivery; in transit; not here yet; still not here; eta; out for delivery"
                "; when should + arrive; waiting for my; lost in the post; track; no sign of; when + order + arrive"
                "; when + purchase + arrive; when + item + arrive"
            ),
            2: (
                "late; delayed; overdue; taking so long; stuck; not moved; on its way; parcel; package; dispatched"
                "; lost"
            ),
        },
        "cancel_order": {
            4: "cancel*; call off; canceling; cancle*; cancelation",
            3: (
                "dont want + order; do not want + order; dont need + order; do not need + order; stop + order"
                "; withdraw from; ordered by mistake; ordered by accident; termination fee*; withdrawal fee*"
                "; termination charge*; withdrawal charge*; withdrawal penalt*; termination penalt*"
                "; right of withdrawal"
            ),
        },
        "change_order": {
            4: (
                "change my order; change the order; change order; modify + order; edit + order; amend + order"
                "; alter + order; update + order; add + to my order; add + to the order; remove + from my order"
                "; remove + from the order; correct + order; change + purchase; changing + order; editing + order"
                "; modifying + order; switch + order; remove + order; delete + from; add + order; swap + order"
                "; change + of order; change + order + item; change + items + order; modify + purchase"
                "; correct + purchase; edit + purchase; removing + order; adding + order; swapping + order"
                "; swap + purchase; switch + purchase; add + purchase; adding + purchase"
            ),
            3: (
                "change the colour; change the color; change the size; change the quantity; change + items"
                "; change + item; different colour; different color; instead of the; add an item; another item; can"
                " i add; could i add; can i still add; could you add"
            ),
        },
        "change_address": {
            4: (
                "change + address; new address; wrong address; update + address; different address"
                "; correct + address; edit + address; another address; set up + address; enter + address"
                "; add + address; setting up + address"
            ),
            3: (
                "i moved; ive moved; we moved; we have moved; i have moved; house number; address; postcode"
                "; zip code; redirect"
            ),
        },
        "payment": {
            4: (
                "payment*; charged twice; double charged; charged me twice; card declined; card was declined"
                "; pay by; pay with; paying with; charged + times; charged double; paid twice"
            ),
            3: (
                "pay; paying; paypal; credit card; debit card; klarna; bank transfer; instalment*; installment*"
                "; apple pay; google pay; declined; gift card; voucher code; discount code; charged; promo code"
                "; checkout"
            ),
            1: "paid; charge",
        },
        "invoice": {
            4: "invoice*; receipt; receipts; bill; bills; vat; proof of purchase; tax number; billing document",
        },
        "delivery": {
            4: (
                "do you ship; do you deliver; delivery options; delivery time; delivery times; delivery cost*"
                "; delivery fee*; shipping cost*; shipping options; shipping fee*; shipping time*"
                "; how long + deliver*; how long + shipping; how long + take; delivery period; shipping method*"
                "; delivery method*; deliver to; ship to; free shipping; free delivery; express delivery"
                "; express shipping; next day delivery; which carrier; how much + shipping; shipping to"
                "; delivery to; ships to; how much + delivery; when + delivered; types of delivery"
                "; how long it takes; how soon can; can i order from; possible to order from; order from abroad"
                "; place an order from; deliveries to"
            ),
            2: (
                "delivery; shipping; shipment*; deliver; pick up; pickup point; customs; courier; parcel shop"
                "; shipped; delivered"
            ),
        },
        "product": {
            4: (
                "in stock; back in stock; out of stock; which size; what size; size chart; size guide; do you have"
                "; do you sell; do you stock; difference between; is it waterproof; compatible; how heavy"
                "; how much does it weigh; sold out"
            ),
            3: (
                "waterproof; warranty; guarantee; suitable for; recommend me; can you recommend; dimensions"
                "; made of; washable; machine wash; does it have; does it fit; does it come; is the + waterproof"
                "; how warm; which one; spare part*; available; replacement pole*; weigh; which of your; how big"
                "; fit in; fit under; litres"
            ),
            2: "material; fabric; colour; color; sizes; restock*; product; item details; catalogue; specs; fit",
        },
        "account": {
            4: (
                "account; cancel + account; close + account; "
                "accounts; password; log in; login; logged out; sign in; sign up; signing up; my profile"
                "; delete my data; my data; username; registration; register; registering; two factor"
                "; verification code; reset link; passcode; pwd; pin code; signup; sign ups; acount; register an"
            ),
            2: (
                "registered; profile; email address; locked out; user; loyalty points; personal information"
                "; personal details"
            ),
        },
        "newsletter": {
            4: (
                "newsletter*; cancel + newsletter; cancel + subscription; "
                "unsubscrib*; mailing list; marketing email*; stop + emails; promotional email*"
                "; subscribe*; subscription*; advertising; opt out; stop + mails; corporate news; email updates"
            ),
        },
        "human": {
            4: (
                "human; real person; an agent; live agent; representative; operator; a person; somebody real"
                "; talk to someone; speak to someone; speak with someone; talk with someone; not a bot; not a robot"
                "; real human; live chat; call centre; call center; speak to a; speak with a; talk to a"
                "; customer service; customer support; customer care; assistant; contact a person"
                "; speaking to somebody; speak to somebody; talk to somebody; talking to someone; a person please"
                "; speaking to someone"
            ),
            3: (
                "agent; agents; call me; phone me; ring me; your manager; supervisor; contact you; hotline"
                "; helpdesk; phone number; support team; speak to; talk to; speak with; someone"
                "; customer assistance"
            ),
        },
        "review": {
            4: (
                "review; reviews; feedback; testimonial*; leave a comment; highly recommend; very happy with"
                "; so happy with; give you five stars; five stars; 5 stars; my opinion; an opinion"
                "; leave an opinion; leave + opinion; best + ever; opinion; opinions; delighted with; well done"
                "; great job; great service; lovely team"
            ),
            3: (
                "love it; love the; love my; love this; absolutely love; great quality; excellent quality"
                "; perfect fit; rating; thrilled; impressed; fantastic; amazing; brilliant; superb; compliment*"
                "; comment; happy with; top quality"
            ),
        },
        "greeting": {
            1: "hello; hi; hey; good morning; good afternoon; good evening; hiya; greetings",
        },
        "thanks": {
            1: "thanks; thank you; thx; cheers; thank u; ty; much appreciated; many thanks",
        },
    },
    "de": {
        "refund": {
            4: "rückerstatt*; erstatt*; geld zurück; gutschrift; rückzahlung; zurückerstatt*; mein geld; refund",
        },
        "return": {
            4: (
                "retoure*; rücksend*; zurückschick*; zurücksend*; umtausch*; rückgabe*; zurückgeben"
                "; rücksendeetikett; retourenlabel; schicke + zurück; sende + zurück; tauschen; andere größe"
            ),
            2: "zu klein; zu groß; zu eng; zu weit; passt nicht; passen nicht; größer; falsche größe; eine nummer",
        },
        "complaint": {
            4: "beschwer*; reklam*; reklamation; falscher artikel; falsche ware; falschen artikel; falsch geliefert",
            3: (
                "kaputt*; beschädigt*; defekt*; zerbrochen; unverschämt*; frechheit; zerrissen; gerissen"
                "; mangelhaft*; unmöglich; saftladen; nie wieder"
            ),
            2: (
                "enttäusch*; schlecht*; schrecklich; katastroph*; fehlt; undicht*; funktioniert nicht; geht nicht"
                "; mies*; ärger*; riss"
            ),
        },
        "order_status": {
            4: (
                "wo ist mein*; wo bleibt*; wo sind mein*; sendungsverfolgung; bestellstatus; lieferstatus"
                "; status meiner; stand meiner; wann kommt; sendungsnummer; tracking*; verfolgen"
            ),
            3: (
                "nicht angekommen; nicht da; noch nichts; immer noch nicht; nicht erhalten; noch nicht geliefert"
                "; warte seit; warte immer noch; wann wird + geliefert; schon verschickt; unterwegs; verspät*"
                "; wo ist; wo steckt; warte auf"
            ),
            2: "paket; sendung; verschickt; versendet; zu spät",
        },
        "cancel_order": {
            4: (
                "stornier*; storno; abbestellen + bestellung; widerruf*; bestellung + kündigen; bestellung zurückziehen"
            ),
        },
        "change_order": {
            4: (
                "bestellung ändern; bestellung + anpassen; zur bestellung hinzu*; bestellung + ergänz*; noch dazu"
                "; andere farbe; bestellung + änder*; menge ändern; artikel tauschen"
            ),
        },
        "change_address": {
            4: (
                "adresse + änder*; neue adresse; falsche adresse; adressänderung; umgezogen; andere adresse"
                "; neuen adresse; adresse + falsch; lieferadresse; adresse + korrigier*; anderen adresse"
            ),
            3: "adresse; anschrift; hausnummer; postleitzahl",
        },
        "payment": {
            4: (
                "zahlung*; bezahlen; bezahlt + doppelt; doppelt abgebucht; abgebucht; zahlungsart*; ratenzahlung"
                "; lastschrift"
            ),
            3: (
                "kreditkarte; paypal; überweis*; klarna; gutscheincode; rabattcode; karte abgelehnt; zahlen"
                "; bezahlung; gutschein"
            ),
        },
        "invoice": {
            4: "rechnung*; quittung; beleg; mehrwertsteuer; mwst; kaufbeleg; kassenbon",
        },
        "delivery": {
            4: (
                "versandkosten; lieferzeit*; liefert ihr; liefern sie; versendet ihr; versenden sie; versandart*"
                "; lieferkosten; wie lange + lieferung; wie lange + versand; expressversand; abholstation"
                "; packstation; versandkostenfrei; nach österreich"
            ),
            2: "lieferung; versand; liefern; zoll; lieferdienst; zustell*",
        },
        "product": {
            4: (
                "auf lager; vorrätig; wieder verfügbar; lieferbar; größentabelle; welche größe; habt ihr"
                "; haben sie + auch; unterschied zwischen; ausverkauft; wie schwer; wasserdicht; ersatzteil*"
            ),
            3: (
                "garantie; verfügbar; geeignet; waschbar; material; passt + in; empfehlen können; maße; wassersäule"
                "; gewicht"
            ),
        },
        "account": {
            4: (
                "konto; kundenkonto; passwort; kennwort; einloggen; anmelden; login; registrier*; zugangsdaten"
                "; meine daten"
            ),
        },
        "newsletter": {
            4: "newsletter*; abmelden; werbemail*; abbestellen; werbung; verteiler",
        },
        "human": {
            4: (
                "mitarbeiter*; echten menschen; mit einem menschen; ansprechpartner*; kundenservice; kundendienst"
                "; rückruf*; rufen sie mich; ruft mich; hotline; jemandem sprechen; echte person; kein bot; mensch"
                "; menschen; jemanden sprechen"
            ),
        },
        "review": {
            4: (
                "bewertung*; bewerten; feedback; rezension*; empfehle; weiterempfehl*; lob; kompliment"
                "; sehr zufrieden; super zufrieden"
            ),
            3: (
                "begeistert; top qualität; tolle qualität; klasse; perfekt; super service; großartig; spitze"
                "; begeister*"
            ),
        },
        "greeting": {
            1: "hallo; guten tag; guten morgen; moin; servus; guten abend; grüß gott; hi; hey",
        },
        "thanks": {
            1: "danke; vielen dank; dankeschön; herzlichen dank; besten dank; merci",
        },
    },
    "fr": {
        "refund": {
            4: "rembours*; mon argent; rendre + argent; avoir + montant",
        },
        "return": {
            4: (
                "retourner; renvoyer; échang*; renvoi; retour; étiquette de retour; autre taille; retourne"
                "; bon de retour"
            ),
            2: (
                "trop petit*; trop grand*; taille + trop; pas la bonne taille; mauvaise taille; trop serré*"
                "; taille au dessus"
            ),
        },
        "complaint": {
            4: (
                "réclam*; plainte; plaindre; mauvais article; pas le bon article; erreur dans ma commande"
                "; pas ce que j ai commandé"
            ),
            3: (
                "cassé*; abîmé*; endommagé*; défectueu*; inadmissible; inacceptable; scandaleu*; honteu*; déchiré*"
                "; arnaque; plus jamais"
            ),
            2: (
                "déçu*; mécontent*; nul; nulle; horrible; ne marche pas; ne fonctionne pas; manque; fuit"
                "; déplorable; lamentable"
            ),
        },
        "order_status": {
            4: (
                "où est mon; où est ma; où sont mes; où en est; suivi; suivre; statut de; numéro de suivi"
                "; quand arrive; quand vais je recevoir"
            ),
            3: (
                "pas reçu; rien reçu; pas arrivé*; toujours pas; pas encore reçu; en retard; pas livré*; bloqué*"
                "; j attends; toujours rien"
            ),
            2: "colis; expédié*; retard; en route; perdu",
        },
        "cancel_order": {
            4: "annul*; rétract*; ne veux plus + commande",
        },
        "change_order": {
            4: (
                "modifier + commande; changer + commande; ajouter + commande; retirer + commande; autre couleur"
                "; modification de commande"
            ),
        },
        "change_address": {
            4: (
                "changer + adresse; nouvelle adresse; mauvaise adresse; déménag*; modifier + adresse"
                "; changement d adresse; autre adresse; corriger + adresse; erreur + adresse"
            ),
            3: "adresse; code postal",
        },
        "payment": {
            4: (
                "paiement*; payer; débité*; prélev*; carte refusée; carte bancaire; moyens de paiement"
                "; payé deux fois; virement"
            ),
            3: "paypal; carte bleue; en plusieurs fois; code promo; klarna; bon d achat",
        },
        "invoice": {
            4: "facture*; reçu de paiement; justificatif; tva; preuve d achat; ticket de caisse",
        },
        "delivery": {
            4: (
                "frais de port; frais de livraison; délai de livraison; délais de livraison; livrez vous"
                "; expédiez vous; livrer en; mode de livraison; modes de livraison; point relais"
                "; livraison gratuite; livraison express; combien de temps + livr*"
            ),
            2: "livraison; livrer; douane; transporteur; expédition",
        },
        "product": {
            4: (
                "en stock; de nouveau disponible; quelle taille; guide des tailles; avez vous; différence entre"
                "; combien pèse; rupture; étanche; imperméable*; vendez vous; pièce de rechange"
            ),
            3: "garantie; disponible; compatible; matière; lavable; dimensions; poids; conseiller; convient",
        },
        "account": {
            4: "compte; mot de passe; connecter; connexion; inscri*; identifiant*; mes données",
        },
        "newsletter": {
            4: "newsletter*; désabonn*; désinscri*; lettre d information; publicité*; liste de diffusion; s abonner",
        },
        "human": {
            4: (
                "conseiller humain; un humain; vraie personne; parler à; service client; rappel*; un conseiller"
                "; une conseillère; joindre quelqu; quelqu un; un agent; opérateur; pas un robot"
            ),
        },
        "review": {
            4: "avis; commentaire; recommande; bravo; très satisfait*; très content*; félicit*; super contente",
            3: "parfait*; génial*; excellent*; ravi*; super qualité; magnifique; impeccable; top; adore",
        },
        "greeting": {
            1: "bonjour; salut; bonsoir; coucou; hello",
        },
        "thanks": {
            1: "merci; merci beaucoup; mille mercis; je vous remercie",
        },
    },
    "es": {
        "refund": {
            4: (
                "reembols*; devolución del dinero; mi dinero; devolver + dinero; devuelvan + dinero; reintegro"
                "; devuélvanme"
            ),
        },
        "return": {
            4: (
                "devolver; devolución; devoluciones; cambiar la talla; otra talla; cambio de talla; cambiarlo"
                "; cambiarla; etiqueta de devolución"
            ),
            2: (
                "me queda pequeñ*; me queda grande; demasiado pequeñ*; demasiado grande; talla equivocada"
                "; muy pequeñ*; no me queda"
            ),
        },
        "complaint": {
            4: "queja*; reclam*; quejarme; producto equivocado; artículo equivocado; no es lo que pedí",
            3: (
                "roto; rota; rotos; rotas; dañad*; defectuos*; inaceptable; vergüenza; estafa; nunca más; rasgad*"
                "; indignad*"
            ),
            2: "decepcion*; pésim*; horrible; no funciona; falta; mal servicio; fatal; enfadad*; terrible; desastre",
        },
        "order_status": {
            4: (
                "dónde está mi; donde esta mi; dónde está el; estado de mi; estado del pedido; seguimiento"
                "; rastrear; cuándo llega; cuando llega"
            ),
            3: (
                "no ha llegado; no me ha llegado; no llega; no he recibido; sigo esperando; todavía no; aún no"
                "; retras*; no llegó"
            ),
            2: "paquete; enviado; tarde; en camino; perdido",
        },
        "cancel_order": {
            4: "cancel*; anular; anulación; ya no quiero + pedido; desist*",
        },
        "change_order": {
            4: "cambiar + pedido; modificar + pedido; añadir + pedido; agregar + pedido; quitar + pedido; otro color",
        },
        "change_address": {
            4: (
                "cambiar + dirección; nueva dirección; dirección equivocada; me he mudado; me mudé; otra dirección"
                "; dirección + incorrecta; corregir + dirección; cambio de dirección"
            ),
            3: "dirección; direccion; código postal",
        },
        "payment": {
            4: "pago*; pagar; cobrado; cobraron; cobro; dos veces; tarjeta rechazada; métodos de pago; transferencia",
            3: "tarjeta; paypal; a plazos; código de descuento; cupón; bizum",
        },
        "invoice": {
            4: "factura*; recibo; comprobante; iva; justificante; ticket de compra",
        },
        "delivery": {
            4: (
                "gastos de envío; coste de envío; costo de envío; plazo de entrega; envían a; hacen envíos"
                "; envíos a; envío gratis; cuánto tarda; cuanto tarda; opciones de envío; punto de recogida"
                "; entrega en"
            ),
            2: "envío; entrega; aduana; transportista; enviar",
        },
        "product": {
            4: (
                "en stock; hay stock; qué talla; que talla; guía de tallas; tienen en; diferencia entre"
                "; cuánto pesa; agotad*; impermeable; repuesto*"
            ),
            3: "garantía; disponible*; compatible; material; medidas; peso; recomiendan; lavar; sirve para",
        },
        "account": {
            4: "cuenta; contraseña; iniciar sesión; registr*; usuario; mis datos; perfil",
        },
        "newsletter": {
            4: "newsletter*; boletín; darme de baja; publicidad; suscri*; correos promocionales",
        },
        "human": {
            4: (
                "persona real; un humano; con una persona; con alguien; un agente; atención al cliente; llámenme"
                "; llamarme; operador*; asesor*; no un robot"
            ),
        },
        "review": {
            4: "reseña*; opinión; opiniones; recomiendo; valoración; muy content*; felicidades; muy satisfech*",
            3: "encantad*; me encanta; perfecto; perfecta; excelente; genial; buenísim*; estupend*; maravill*",
        },
        "greeting": {
            1: "hola; buenos días; buenas tardes; buenas noches; buenas; qué tal",
        },
        "thanks": {
            1: "gracias; muchas gracias; mil gracias",
        },
    },
    "pt": {
        "refund": {
            4: "reembols*; estorno; estorn*; meu dinheiro; dinheiro de volta; devolver + dinheiro; ressarc*",
        },
        "return": {
            4: (
                "devolver; devolução; devoluções; trocar; troca; outro tamanho; tamanho maior; tamanho menor"
                "; etiqueta de devolução"
            ),
            2: (
                "ficou pequen*; ficou grande; muito pequen*; apertad*; tamanho errado; não serviu; não serve"
                "; ficou largo"
            ),
        },
        "complaint": {
            4: "reclam*; queixa; produto errado; item errado; não é o que pedi; procon",
            3: (
                "quebrad*; danificad*; defeito*; inaceitável; vergonha; golpe; nunca mais; rasgad*; absurdo"
                "; descaso; partid*"
            ),
            2: (
                "decepcion*; péssim*; horrível; não funciona; falt*; veio + a menos; mau atendimento; ruim;"
                " insatisfeit*; desilud*"
            ),
        },
        "order_status": {
            4: (
                "onde está meu; onde está o; cadê; onde está a minha; status do pedido; rastre*; quando chega"
                "; código de rastreio; onde anda"
            ),
            3: (
                "não chegou; ainda não recebi; não recebi; atrasad*; atraso; ainda estou à espera; estou esperando"
                "; nada ainda; ainda não chegou"
            ),
            2: "pacote; encomenda; enviado; a caminho; extraviad*",
        },
        "cancel_order": {
            4: "cancel*; desistir + compra; desisti; não quero mais + pedido",
        },
        "change_order": {
            4: (
                "alterar + pedido; mudar + pedido; adicionar + pedido; acrescentar + pedido; tirar + pedido"
                "; outra cor; trocar a cor"
            ),
        },
        "change_address": {
            4: (
                "mudar + endereço; trocar + endereço; alterar + endereço; novo endereço; endereço errado; mudei"
                "; outro endereço; corrigir + endereço; alterar + morada; nova morada; morada errada"
            ),
            3: "endereço; morada; cep; código postal",
        },
        "payment": {
            4: (
                "pagamento*; pagar; cobrado; cobrança; cobraram; duas vezes; cartão recusado; pix; parcel*"
                "; transferência; multibanco"
            ),
            3: "cartão; paypal; cupom; código de desconto; mbway",
        },
        "invoice": {
            4: "fatura; factura; nota fiscal; recibo; comprovante; nfe; iva; com contribuinte",
        },
        "delivery": {
            4: (
                "frete; prazo de entrega; taxa de entrega; entregam em; enviam para; fazem entrega; frete grátis"
                "; quanto tempo + entreg*; portes de envio; ponto de recolha; opções de entrega"
            ),
            2: "entrega; envio; alfândega; transportadora; entregar; correios",
        },
        "product": {
            4: (
                "em estoque; em stock; qual tamanho; que tamanho; tabela de medidas; vocês têm; tem em"
                "; diferença entre; quanto pesa; esgotad*; impermeável; peças de reposição; à prova d"
            ),
            3: "garantia; disponível; compatível; material; medidas; peso; recomendam; lavar; serve para",
        },
        "account": {
            4: "conta; senha; palavra passe; login; entrar na; cadastr*; regist*; meus dados; perfil",
        },
        "newsletter": {
            4: (
                "newsletter*; descadastr*; cancelar + inscrição; propaganda; publicidade; e mails promocionais"
                "; subscrição"
            ),
        },
        "human": {
            4: (
                "atendente; uma pessoa; com alguém; um humano; ser humano; falar com; atendimento ao cliente"
                "; me liguem; ligar para mim; não um robô"
            ),
        },
        "review": {
            4: "avaliação; avaliar; opinião; recomendo; parabéns; muito satisfeit*; muito content*; comentário",
            3: "adorei; amei; perfeito; perfeita; excelente; maravilhos*; ótim*; top; fantástic*; impecável",
        },
        "greeting": {
            1: "olá; oi; bom dia; boa tarde; boa noite; tudo bem",
        },
        "thanks": {
            1: "obrigado; obrigada; muito obrigad*; valeu; agradeço",
        },
    },
    "zh": {
        "refund": {
            4: "退款; 退钱; 退我钱; 把钱退; 还我钱; 退差价; 赔偿; 补差价; 返现",
        },
        "return": {
            4: "退货; 换货; 寄回; 退换; 换一个; 换个; 换大; 换小; 换码; 七天无理由",
            2: "太小; 太大; 偏小; 偏大; 不合身; 尺码不对; 穿不下; 换一",
        },
        "complaint": {
            4: "投诉; 发错; 发错货; 假货; 骗子; 曝光; 消费者协会; 12315; 举报",
            3: (
                "破损; 坏了; 破了; 质量问题; 裂; 漏发; 少发; 漏水; 有瑕疵; 不能用; 用不了; 太差; 垃圾; 摔坏; 压坏"
                "; 损坏; 烂"
            ),
            2: "失望; 差评; 糟糕; 缺少; 少了; 气死; 过分; 没法用; 不满意",
        },
        "order_status": {
            4: (
                "到哪; 物流; 什么时候到; 什么时候能到; 什么时候发货; 发货了吗; 还没到; 没收到; 还没收到; 查一下订单"
                "; 查快递; 订单状态; 什么时候发; 怎么还不发货; 几天能到; 快递到; 何时到; 还没发货; 没发货; 查询订单"
                "; 几时到; 今天能到"
            ),
            2: "快递; 包裹; 发货; 延误; 迟; 送到; 催",
        },
        "cancel_order": {
            4: "取消订单; 取消; 不想要了; 不要了; 撤单",
        },
        "change_order": {
            4: "改订单; 修改订单; 加一件; 换颜色; 改颜色; 改尺码; 加购; 改成; 订单 + 修改",
        },
        "change_address": {
            4: "改地址; 修改地址; 换地址; 地址错; 地址写错; 新地址; 改一下地址; 地址 + 改; 搬家; 地址填错",
            3: "地址",
        },
        "payment": {
            4: "付款; 支付; 扣款; 扣了两次; 重复扣; 付不了; 信用卡; 分期; 微信支付; 支付宝; 白条",
            2: "优惠券; 优惠码; 红包; 付",
        },
        "invoice": {
            4: "发票; 开票; 收据; 税号; 电子票",
        },
        "delivery": {
            4: "运费; 包邮; 配送; 寄到; 几天到; 能送到; 送货上门; 自提; 什么快递; 发什么快递; 邮费; 海关; 能发顺丰",
            2: "送货; 送",
        },
        "product": {
            4: (
                "有货; 库存; 什么尺码; 多大码; 尺码表; 有没有; 区别; 补货; 什么材质; 多重; 防水; 缺货; 到货; 配件"
                "; 保修; 质保; 怎么用; 怎么安装"
            ),
            2: "材质; 尺寸; 颜色; 推荐; 适合; 能不能用; 重量; 多少钱; 价格; 型号",
        },
        "account": {
            4: "账号; 帐号; 账户; 密码; 登录; 登陆; 注册; 验证码; 注销; 个人信息; 会员",
        },
        "newsletter": {
            4: "退订; 订阅; 广告邮件; 推送; 不要再发; 别发广告; 促销短信; 营销",
        },
        "human": {
            4: "人工; 真人; 转人工; 客服; 找个人; 打电话给我; 回电; 给我打电话; 别用机器人; 你是机器人",
        },
        "review": {
            4: "评价; 好评; 晒单; 推荐给朋友; 点赞; 反馈",
            3: "很满意; 非常满意; 太棒; 很喜欢; 质量很好; 非常好; 超级好; 完美; 很不错; 很好用",
        },
        "greeting": {
            1: "你好; 您好; 早上好; 晚上好; 下午好; 在吗; 哈喽; 在不在; 亲",
        },
        "thanks": {
            1: "谢谢; 多谢; 感谢; 辛苦了; 谢了",
        },
    },
}

#: words of praise; this list and the two after it are of single words
GOOD: Final[dict[str, str]] = {
    "en": (
        "good great excellent amazing perfect* love loved lovely happy fantastic brilliant superb wonderful best"
        " awesome recommend* pleased delighted impressed fast quick quickly comfortable beautiful nice helpful"
        " friendly solid sturdy thrilled kind well warm favourite favorite glad appreciate* bargain easy flawless"
        " worth smooth satisfied gem"
    ),
    "de": (
        "gut gute guter gutes guten super toll* klasse perfekt* liebe begeister* zufrieden schnell* freundlich*"
        " danke empfehl* weiterempfehl* hervorragend* großartig* spitze prima schön* bequem* top hilfsbereit*"
        " wunderbar* einwandfrei glücklich stabil* lob freue gerne bestens robust* warm leicht"
    ),
    "fr": (
        "bon bonne bons bonnes bien super génial* parfait* excellent* content* ravi* satisfait* rapide* recommande*"
        " merci magnifique* top impeccable* adore* agréable* confortable* solide* bravo aimable* sympa* formidable*"
        " meilleur* heureu* léger légère"
    ),
    "es": (
        "bueno buena buenos buenas bien genial* perfect* excelente* content* encantad* encanta rápid* recomiend*"
        " gracias satisfech* estupend* maravill* cómod* amable* fantástic* mejor feliz buenísim* precios*"
        " resistente* súper ligero ligera"
    ),
    "pt": (
        "bom boa bons boas bem ótim* perfeit* excelente* content* adorei amei adoro rápid* recomend* satisfeit*"
        " maravilh* confortáv* fantástic* melhor feliz parabéns lind* atencios* resistente* impecáv* top gostei"
        " leve"
    ),
    "zh": (
        "好 很好 不错 满意 喜欢 棒 完美 推荐 很快 快速 速度快 发货快 物流快 真快 超快 挺快 舒服 舒适 漂亮"
        " 好看 值 赞 优秀 开心 给力 热情 耐心 结实 轻便 好用"
        " 暖和 划算"
        " 精彩 经典 实用 实惠 便宜 超值 物美价廉 物超所值 物有所值 新鲜 好吃 香甜 很甜 甜美 脆"
        " 多汁 水分足 个头大 个大 干净 整洁 方便 便利 周到 细心 贴心 用心 亲切 感动 温馨 安静"
        " 静音 流畅 清晰 灵敏 精致 精美 精细 大方 时尚 柔软 顺滑 柔顺 清爽 厚实 合身 合适 适合"
        " 值得 收获 受益 启发 深刻 爱不释手 惊喜 信赖 信任 放心 靠谱 到位 专业 一流 顶级 出色"
        " 强大 强悍 豪华 宽敞 回购 还会来 下次还 还会买 还会再 会再来 再来 继续购买 继续支持 五星"
        " 好评 迅速 及时 神速 点赞 酷 帅 享受 舒心 愉快 高兴 快乐 幸福 幽默 有趣 生动 感人 温暖"
        " 独特 没的说 没得说 没话说 无可挑剔 挑不出 名副其实 名不虚传 一如既往 老顾客 老客户"
        " 包装严实 严实 完好无损 完好 省电 稳定 耐用 耐看 美观 小巧 轻薄 质感 手感不错 力荐"
        " 强烈推荐 首选 够用 足够 齐全 丰富 详细 全面 透彻 通俗易懂 引人入胜 一口气 百看不厌 共鸣"
        " 智慧 有帮助 有用 有效 见效 起作用 滋润 蓬松 显瘦 显白 上档次 档次 高端 高档 大气 细腻"
        " 光滑 绿色 健康 营养 醇厚 浓郁 可口 美味 爽口 香浓 很香 清香 好闻 淡淡的香 放心吃"
        " 孩子喜欢 家人喜欢 老人喜欢 爱吃 爱喝 爱看 爱用 正宗 地道 原装 全新 保真 真品 性价比"
        " 超出预期 比想象中好 比预期好 没让我失望 干货 良心 业界良心 诚信 守信 讲信用 礼貌 微笑"
        " 负责 认真 热心 耐心解答 服务周到 贴切 交通方便 位置好 闹中取静 床舒服 早餐丰富 厚道"
        " 满分 极好 极佳 极快 佳 美 靓 萌 可爱 赏心悦目"
    ),
}

BAD: Final[dict[str, str]] = {
    "en": (
        "bad terrible awful horrible worst broken damaged defective faulty late delayed slow disappoint* angry"
        " furious useless poor rude scam rubbish missing lost ripped torn tore leak* ridiculous unacceptable hate"
        " hated cheap wrong fail* cracked annoy* frustrat* unhappy complain* complaint overpriced uncomfortable"
        " dirty smell* stuck waste* fed joke disgrace* crushed worse broke problem* issue* dissatisfied expensive"
        " thin flimsy shame scratch* dented stain* snapped wet hole small tight"
    ),
    "de": (
        "schlecht* kaputt* beschädigt* defekt* schrecklich* furchtbar* enttäusch* ärger* wütend spät verspät*"
        " schrott* murks*"
        " langsam* falsch* fehlt fehlend* zerrissen gerissen undicht* katastroph* frechheit unverschämt* mies*"
        " problem* teuer* unmöglich zerbrochen reklam* beschwer* mangelhaft* unfreundlich* unbequem* dünn riss"
        " klein eng verkratzt* stinkt riecht verloren billig* nass"
    ),
    "fr": (
        "mauvais* cassé* abîmé* endommagé* défectueu* horrible* déçu* décev* décept* nul nulle retard* lent*"
        " inadmissible* inacceptable* honteu* scandal* déchiré* arnaque* problème* cher chère manque* perdu* pire*"
        " furieu* colère mécontent* déplorable* fragile* petit serré* inconfortable* fuit impoli* catastroph*"
        " mouillé*"
    ),
    "es": (
        "mal malo mala malos malas roto rota rotos rotas dañad* defectuos* horrible* terrible* pésim* decepcion*"
        " tarde retras* lent* vergüenza estafa* problema* caro cara falta* perdid* peor enfadad* inaceptable*"
        " desastre* rasgad* fatal pequeño pequeña incómod* frágil* gotea mojad* desagradable*"
    ),
    "pt": (
        "mau má ruim ruins péssim* horrív* quebrad* danificad* defeit* decepcion* desilud* atras* lent* vergonha"
        " golpe problema* caro cara falt* perdid* pior irritad* inaceitáv* absurd* rasgad* descaso extraviad*"
        " pequeno apertad* frágil desconfortáv* vaza molhad* insatisfeit*"
    ),
    "zh": (
        "差 坏 破 烂 慢 失望 垃圾 糟糕 生气 错 漏 假 骗 退款 投诉 太小 太大 难受 臭 脏 贵 后悔 无语 气死 过分 裂"
        " 没收到 还没到 质量问题 粗糙 味道大 敷衍 太紧 压扁 后悔 太久 退货 不会再 卡了 不回复 没法 不值"
        " 差劲 恶心 坑 忽悠 欺骗 骗子 上当 假货 山寨 盗版 水货 翻新 二手 残次 次品 瑕疵 破损 损坏"
        " 死机 黑屏 花屏 闪退 卡顿 很卡 太卡 卡死 发烫 发热 烫手 噪音 太吵 很吵 吵死 漏水 漏液"
        " 生锈 掉色 褪色 起球 线头 色差 异味 刺鼻 怪味 难吃 难闻 难看 丑 腐烂 烂掉 发霉 霉 虫"
        " 变质 过期 缺斤少两 缺斤短两 少发 发错 不符 不一样 不一致 虚假 夸大 名不副实 言过其实"
        " 失实 浪费 白花 郁闷 气愤 愤怒 恼火 火大 烦人 烦死 心烦 可恶 可恨 恨 讨厌 反感 冷漠 冷淡"
        " 爱理不理 恶劣 推卸 推脱 推诿 扯皮 不负责 不理 没人理 没人管 店大欺客 霸王 黑店 奸商"
        " 无良 缺德 拖延 拖拖拉拉 迟迟 耽误 差评 一星 负分 避雷 慎买 慎重 别买 千万别 千万不要"
        " 不要买 谨慎 不如 不行 无用 没效果 没有效果 没什么效果 过敏 油腻 干涩 打结 太薄 单薄"
        " 廉价 劣质 低劣 粗制滥造 毛糙 松动 变形 开胶 脱胶 断了 断裂 碎 划痕 刮花 磨损 掉漆 失灵"
        " 不灵 无法 打不开 开不了 开不开 连不上 充不进 不能用 用不了 没法用 曝光 举报 醉了 寒心"
        " 心寒 伤心 失败 糟 闹心 窝火 憋屈 崩溃 绝望 惨 坑爹 坑人 死贵 乱收费 老旧 陈旧 破旧 简陋"
        " 狭小 潮湿 灰尘 蟑螂 发黄 霉味 烟味 隔音 空洞 无聊 枯燥 乏味 肤浅 啰嗦 罗嗦 矫情 做作"
        " 抄袭 拼凑 错别字 看不下去 看不懂 没意思 没什么意思 没意义 一般 凑合 勉强 将就 鸡肋"
        " 不怎么样 不咋 不给力 不满 不爽 不敢 没味道 没味 淡而无味 太酸 很酸 发酸 太硬 很硬"
        " 硬邦邦 太短 太少 太重 太软 太暗 模糊 不清楚 不清晰 不清 蒙人 蒙混 糊弄 敷衍了事 不退"
        " 不换 不给退 不给换 不承认 没有保障 没保障 没有售后 毛病 故障 缺陷 问题多 有问题 出问题"
        " 坏的 烂果 磕碰 压坏 压烂 摔坏 干瘪 缩水 掉毛 掉线 断线 没有收到 少了 缺了 漏发 漏气"
        " 慢死 太慢 蜗牛 龟速 蠢 废 废物 渣 狗屎 屎 怒 吵架 嚣张 傲慢 不耐烦 不屑 歧视 误导"
        " 误人子弟 吹嘘 炒作 噱头 名气 徒有虚名 浪得虚名 名不符实 失望透顶 大失所望 失望至极"
        " 不值得 得不偿失 再也不 最后一次 绝不 永不 拉黑 吐槽 呕 泡沫少 不去屑 不滋润 掉发 不纯"
        " 掺假 掺水 三聚氰胺 黑心 丧良心 没良心 良心何在 可怕 恐怖 危险 漏电 爆炸 自燃 着火 短路"
        " 蓝屏 重启 自动关机 耗电 费电 续航差 信号差 没信号 听不清 杂音 进水 死板 呆板 难用 难穿"
        " 磨脚 扎人 透光 透视"
    ),
}

#: Chinese words that hold a character of praise or blame and none of its meaning
NEUTRAL: Final = (
    "快递 快一 你好 您好 好像 只好 好几 好久 好多 正好 最好 不好意思 差不多 出差 贵公司 贵店 不一般 一般都 一般会"
    " 一般来说 不得不"
)

NEGATIONS: Final[dict[str, str]] = {
    "en": "not no never isnt wasnt arent dont doesnt didnt cant couldnt wont without hardly nothing aint",
    "de": "nicht kein keine keinen keiner keinem nie ohne kaum nichts",
    "fr": "pas ne n aucun aucune jamais sans rien",
    "es": "no ni sin nunca nada ningún ninguna",
    "pt": "não nao sem nunca nada nem nenhum nenhuma",
    "zh": "不 没 没有 不太 不是 别 无",
}

URGENT: Final[dict[str, str]] = {
    "en": (
        "urgent; urgently; asap; immediately; right now; right away; as soon as possible; emergency; at once"
        "; lawyer; police; chargeback; fraud; stolen; by tomorrow; before tomorrow; need it tomorrow; need it today"
        "; leaving tomorrow; today at the latest; fly tomorrow; court; consumer protection; trading standards"
        "; leave on; last chance; unsafe; injured; caught fire; allergic*; hospital; scam; scammed; scammers"
    ),
    "de": (
        "dringend*; sofort; eilig; eilt; so schnell wie möglich; schnellstmöglich; anwalt; polizei; betrug"
        "; unverzüglich; bis morgen; noch heute; verbraucherzentrale; verletzt; umgehend; allergisch*; krankenhaus"
    ),
    "fr": (
        "urgent*; urgence; immédiatement; tout de suite; au plus vite; dès que possible; avocat; police; fraude"
        "; avant demain; aujourd hui même; blessé*; allergi*; hôpital; arnaque*"
    ),
    "es": (
        "urgente*; urgencia; inmediatamente; de inmediato; ahora mismo; cuanto antes; abogad*; policía; fraude"
        "; para mañana; hoy mismo; herid*"
    ),
    "pt": (
        "urgente*; urgência; imediatamente; agora mesmo; o mais rápido possível; quanto antes; advogad*; polícia"
        "; fraude; até amanhã; hoje mesmo; procon; ferid*"
    ),
    "zh": "急; 马上; 立刻; 立即; 尽快; 赶紧; 律师; 报警; 12315; 今天必须; 明天要用; 受伤; 投诉",
}

CALM: Final[dict[str, str]] = {
    "en": (
        "no rush; no hurry; whenever you; not urgent; when you have time; just wondering; just curious; for next time"
    ),
    "de": "keine eile; eilt nicht; nicht dringend; wenn sie zeit; wenn ihr zeit; bei gelegenheit",
    "fr": "pas urgent; rien d urgent; quand vous aurez; pas pressé*",
    "es": "no es urgente; sin prisa; cuando puedan; cuando pueda",
    "pt": "sem pressa; não é urgente; quando puderem; quando puder",
    "zh": "不急; 不着急; 有空; 方便的时候",
}

ASPECTS: Final[dict[str, dict[Aspect, str]]] = {
    "en": {
        "quality": (
            "quality; material; fabric; broken; defective; faulty; torn; ripped; zip; zipper; seam*; durable"
            "; sturdy; leak*; waterproof; flimsy; well made; broke; stitching; works; cracked; snapped"
        ),
        "delivery": (
            "deliver*; shipping; shipped; parcel; package arrived; arrived; courier; late; delayed; postman"
            "; carrier; tracking"
        ),
        "price": "price*; expensive; cheap; cost*; value for money; worth; overpriced; money; bargain; discount",
        "service": "service; support; staff; team; reply; replied; answer*; rude; helpful; friendly; customer care",
        "packaging": "packag*; box; packed; wrapped; wrapping; carton; bubble wrap; crushed",
        "size": (
            "size*; fit; fits; too small; too big; too tight; too large; too long; too short; sizing; runs small"
            "; runs large"
        ),
    },
    "de": {
        "quality": (
            "qualität; material; stoff; kaputt*; defekt*; gerissen; riss; naht; nähte; reißverschluss*"
            "; verarbeitung; undicht*; wasserdicht*; robust*; stabil*"
        ),
        "delivery": "liefer*; versand*; paket; angekommen; zustell*; spät; verspät*; bote; geliefert; sendung",
        "price": "preis*; teuer*; günstig*; billig*; preis leistung; geld; rabatt; kostet",
        "service": (
            "service; kundendienst; kundenservice; support; mitarbeiter*; antwort*; freundlich*; unfreundlich*"
            "; hilfsbereit*; team"
        ),
        "packaging": "verpack*; karton; verpackung",
        "size": "größe*; passt; passen; zu klein; zu groß; zu eng; zu weit; fällt klein; fällt groß; sitzt",
    },
    "fr": {
        "quality": (
            "qualité; matière; tissu; cassé*; déchiré*; couture*; fermeture; solide*; étanche*; défectueu*"
            "; fragile*; finitions"
        ),
        "delivery": "livr*; colis; expédi*; arrivé*; retard*; transporteur; facteur",
        "price": "prix; cher; chère; rapport qualité prix; argent; coûte; promotion",
        "service": "service; équipe; réponse*; répond*; aimable*; conseiller*; support",
        "packaging": "emball*; carton; boîte",
        "size": "taille*; trop petit*; trop grand*; serré*; taille petit; coupe",
    },
    "es": {
        "quality": (
            "calidad; material; tela; roto; rota; costura*; cremallera; resistente*; impermeable*; defectuos*"
            "; acabad*; frágil*"
        ),
        "delivery": "entrega*; envío*; paquete; llegó; llegado; repartidor; retras*; mensajer*",
        "price": "precio*; caro; cara; barat*; dinero; calidad precio; cuesta; descuento",
        "service": "servicio; atención; equipo; respuesta*; respond*; amable*; soporte",
        "packaging": "embal*; caja; empaque; envuelt*",
        "size": "talla*; pequeñ*; me queda; ajust*; tamaño",
    },
    "pt": {
        "quality": (
            "qualidade; material; tecido; quebrad*; rasgad*; costura*; zíper; fecho; resistente*; impermeáv*"
            "; defeit*; acabament*; frágil"
        ),
        "delivery": "entrega*; envio; pacote; encomenda; chegou; correios; atras*; transportadora; prazo",
        "price": "preço*; caro; cara; barat*; dinheiro; custo benefício; custa; desconto",
        "service": "atendimento; serviço; equipe; equipa; resposta*; respond*; atencios*; suporte; sac",
        "packaging": "embal*; caixa; embrulh*",
        "size": "tamanho*; pequen*; ficou grande; apertad*; serviu; veste",
    },
    "zh": {
        "quality": "质量; 材质; 面料; 做工; 坏; 破; 拉链; 防水; 结实; 漏水; 裂; 缝线",
        "delivery": "物流; 快递; 发货; 送货; 配送; 没收到; 包裹; 到货; 送到",
        "price": "价格; 贵; 便宜; 性价比; 划算; 价钱; 值",
        "service": "客服; 服务; 态度; 回复; 售后",
        "packaging": "包装; 盒子; 纸箱; 箱子",
        "size": "尺码; 大小; 偏小; 偏大; 太小; 太大; 合身; 尺寸; 码数",
    },
}

#: where one thought ends and the next, perhaps of another opinion, begins
TURNS: Final[dict[str, str]] = {
    "en": "but; however; although; though; except; yet",
    "de": "aber; jedoch; allerdings; obwohl; nur dass",
    "fr": "mais; cependant; par contre; sauf; pourtant",
    "es": "pero; aunque; sin embargo; salvo",
    "pt": "mas; porém; embora; só que; contudo",
    "zh": "但是; 但; 不过; 可是; 就是; 只是",
}
