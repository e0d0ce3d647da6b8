"""What the demo's customers write in reviews: sentences by language, side of the purchase and opinion."""

from functools import cache
from typing import Final

from nlp.meaning import Aspect

#: by language, aspect and whether it is praise; `soft|`, `hard|`, `rain|` and `top|` say of what alone it can be said
SENTENCES: Final[dict[str, dict[Aspect, dict[bool, tuple[str, ...]]]]] = {
    "en": {
        "quality": {
            True: (
                "Feels like it will last for years.",
                "hard|Small, light and does its job every morning.",
                "soft|Really well made, the stitching is spotless.",
                "Three weeks of daily use and it still looks new.",
                "rain|Held up fine in two days of solid rain.",
                "Feels solid without being heavy.",
                "You notice the good material straight away.",
                "Took it up Ben Nevis in a gale, no complaints.",
                "Does exactly what it says.",
            ),
            False: (
                "Broke after a week.",
                "hard|Lid does not close properly any more.",
                "soft|The zip broke on the second trip.",
                "soft|Seam came apart after a week.",
                "rain|Leaks at the bottom, so useless for me.",
                "Feels flimsy for the price.",
                "rain|The coating started to peel after one wash.",
                "hard|Stopped working on day three, in the middle of nowhere.",
                "soft|Poor finish, loose threads everywhere.",
            ),
        },
        "delivery": {
            True: (
                "Arrived two days early.",
                "Delivery was quick and the courier friendly.",
                "Ordered Monday, hiking with it on Thursday.",
                "Fast shipping, tracking worked.",
            ),
            False: (
                "Delivery took forever.",
                "It came almost two weeks late, after our holiday.",
                "Parcel was stuck in a depot for days.",
                "Tracking said delivered when it wasn't.",
                "Late, and nobody could tell me why.",
            ),
        },
        "price": {
            True: ("Great value for money.", "Cheaper than the big names and just as good.", "A bargain in the sale."),
            False: (
                "Too expensive for what you get.",
                "Saw it cheaper elsewhere a week later.",
                "Not worth the money.",
            ),
        },
        "service": {
            True: (
                "Maya from support sorted my question within the hour.",
                "Friendly answers, real people.",
                "Exchange was no hassle at all.",
            ),
            False: (
                "Had to write three times before anyone answered.",
                "Support kept sending me the same text.",
                "Still waiting for a reply about the refund.",
            ),
        },
        "packaging": {
            True: ("Packed in paper only, love that.", "Came well wrapped, nothing rattling around."),
            False: (
                "The box was crushed when it got here.",
                "Far too much plastic around it.",
                "Packaging was torn open on one side.",
            ),
        },
        "size": {
            True: ("True to size.", "top|Fits perfectly over a fleece.", "Size chart was spot on."),
            False: (
                "Much too tight, had to swap it.",
                "Runs small, order one up.",
                "top|Sleeves are way too short.",
                "top|Much too tight across the shoulders.",
            ),
        },
    },
    "de": {
        "quality": {
            True: (
                "hard|Klein, leicht und funktioniert jeden Tag.",
                "Sehr sauber verarbeitet, da wackelt nichts.",
                "rain|Hat zwei Tage Dauerregen ohne Probleme mitgemacht.",
                "soft|Tolles Material, fühlt sich wertig an.",
                "Nach einer Alpenüberquerung noch wie neu.",
                "Robust und trotzdem leicht.",
                "Hält, was es verspricht.",
            ),
            False: (
                "Ging nach einer Woche kaputt.",
                "hard|Funktioniert nach drei Tagen nicht mehr.",
                "soft|Der Reißverschluss war nach der zweiten Tour kaputt.",
                "soft|Die Naht ist nach einer Woche gerissen.",
                "rain|Leider undicht, für mich unbrauchbar.",
                "Für den Preis schlecht verarbeitet.",
                "rain|Nach einmal Waschen löst sich die Beschichtung.",
            ),
        },
        "delivery": {
            True: ("War nach zwei Tagen da.", "Schnelle Lieferung, super.", "Freitag bestellt, Montag angekommen."),
            False: (
                "Kam fast zwei Wochen zu spät, der Urlaub war vorbei.",
                "Das Paket hing tagelang im Verteilzentrum.",
                "Lieferung dauerte ewig.",
                "Angeblich zugestellt, war aber nirgends zu finden.",
            ),
        },
        "price": {
            True: ("Preis-Leistung stimmt.", "Günstiger als die großen Marken und genauso gut."),
            False: ("Für das Gebotene zu teuer.", "Eine Woche später woanders billiger gesehen."),
        },
        "service": {
            True: ("Der Kundenservice war sehr freundlich und schnell.", "Umtausch lief völlig problemlos."),
            False: ("Auf meine Mails kam tagelang keine Antwort.", "Der Support schickt nur Textbausteine."),
        },
        "packaging": {
            True: ("Ohne Plastik verpackt, vorbildlich.", "Gut verpackt."),
            False: ("Der Karton war völlig zerdrückt.", "Verpackung war aufgerissen."),
        },
        "size": {
            True: ("Passt wie angegossen.", "Größentabelle stimmt genau."),
            False: (
                "Leider viel zu eng.",
                "Fällt viel zu klein aus.",
                "top|Ärmel zu kurz, sonst ok.",
                "top|Sitzt an den Schultern zu eng.",
            ),
        },
    },
    "fr": {
        "quality": {
            True: (
                "Très belle finition, rien à redire.",
                "rain|A tenu deux jours sous la pluie sans souci.",
                "Solide et léger à la fois.",
                "soft|Matière agréable, on sent la qualité.",
                "Après un mois d'utilisation, comme neuf.",
            ),
            False: (
                "Cassé au bout d'une semaine.",
                "hard|Ne fonctionne plus après trois jours.",
                "soft|La fermeture a lâché à la deuxième sortie.",
                "soft|Couture déchirée au bout d'une semaine.",
                "rain|Pas étanche du tout, déçu.",
                "Qualité décevante pour ce prix.",
            ),
        },
        "delivery": {
            True: ("Livraison rapide.", "Reçu avec un jour d'avance.", "Colis arrivé en trois jours, parfait."),
            False: (
                "Livré avec dix jours de retard.",
                "Le colis est resté bloqué une semaine.",
                "Arrivé après nos vacances, merci bien…",
            ),
        },
        "price": {
            True: ("Excellent rapport qualité-prix.", "Une bonne affaire pendant les soldes."),
            False: ("Trop cher pour ce que c'est.", "Vu moins cher ailleurs peu après."),
        },
        "service": {
            True: ("Service client aimable et efficace.", "L'échange s'est fait sans problème."),
            False: ("Aucune réponse à mes messages pendant une semaine.", "Service client injoignable."),
        },
        "packaging": {
            True: ("Emballage sans plastique, bravo.", "Bien emballé."),
            False: ("Carton écrasé à l'arrivée.", "L'emballage était déchiré."),
        },
        "size": {
            True: ("Taille parfaitement.", "Le guide des tailles est fiable."),
            False: (
                "Beaucoup trop serré.",
                "Taille petit, prenez une taille au-dessus.",
                "top|Trop serré aux épaules.",
            ),
        },
    },
    "es": {
        "quality": {
            True: (
                "Muy buena calidad, los acabados son perfectos.",
                "rain|Aguantó dos días de lluvia sin problema.",
                "Resistente y muy ligero.",
                "Después del Camino de Santiago sigue como nuevo.",
            ),
            False: (
                "Se rompió a la semana.",
                "hard|Dejó de funcionar al tercer día.",
                "soft|La cremallera se rompió en la segunda salida.",
                "soft|Se descosió a la semana.",
                "rain|No es impermeable, una decepción.",
                "Material frágil para lo que cuesta.",
            ),
        },
        "delivery": {
            True: ("Llegó antes de lo previsto.", "Envío rapidísimo.", "En tres días en casa."),
            False: (
                "Llegó con casi dos semanas de retraso.",
                "El paquete estuvo parado días en el almacén.",
                "La entrega fue un desastre.",
            ),
        },
        "price": {
            True: ("Buena relación calidad-precio.", "A este precio, una ganga."),
            False: ("Caro para lo que ofrece.", "No vale lo que cuesta."),
        },
        "service": {
            True: ("La atención al cliente fue estupenda.", "Me cambiaron la talla sin problemas."),
            False: ("Nadie responde a los mensajes.", "La atención al cliente, fatal."),
        },
        "packaging": {
            True: ("Embalaje sin plásticos, bien.", "Venía muy bien embalado."),
            False: ("La caja llegó aplastada.", "El embalaje venía roto."),
        },
        "size": {
            True: ("La talla es correcta.", "Queda perfecto."),
            False: ("Talla pequeño, pedid una más.", "Me queda demasiado ajustado."),
        },
    },
    "pt": {
        "quality": {
            True: (
                "Ótima qualidade, acabamento impecável.",
                "rain|Aguentou dois dias de chuva sem problema.",
                "Resistente e bem leve.",
                "Usei na travessia inteira e continua como novo.",
            ),
            False: (
                "Quebrou em uma semana.",
                "hard|Parou de funcionar no terceiro dia.",
                "soft|O zíper quebrou na segunda viagem.",
                "soft|A costura abriu em uma semana.",
                "rain|Não é impermeável, decepcionante.",
                "Material frágil pelo preço.",
            ),
        },
        "delivery": {
            True: ("Chegou antes do prazo.", "Entrega muito rápida.", "Chegou direitinho e dentro do prazo."),
            False: (
                "Chegou com três semanas de atraso.",
                "Ficou parado nos Correios um tempão.",
                "A entrega demorou demais, péssimo.",
            ),
        },
        "price": {
            True: ("Ótimo custo-benefício.", "Na promoção valeu muito."),
            False: ("Caro demais pelo que oferece.", "Com a taxa ficou muito caro."),
        },
        "service": {
            True: ("Atendimento muito atencioso.", "Trocaram o tamanho sem complicação."),
            False: ("Ninguém respondeu minhas mensagens.", "Atendimento ruim, só resposta pronta."),
        },
        "packaging": {
            True: ("Veio muito bem embalado.", "Embalagem sem plástico, parabéns."),
            False: ("A caixa chegou amassada.", "Embalagem rasgada."),
        },
        "size": {
            True: ("Tamanho certinho.", "Veste super bem."),
            False: ("Ficou apertado demais.", "Forma pequena, peça um número maior.", "top|Ficou apertado nos ombros."),
        },
    },
    "zh": {
        "quality": {
            True: (
                "soft|做工很好，线头都没有。",
                "rain|下了两天雨也不漏，防水不错。",
                "又轻又结实，很满意。",
                "用了一个月还跟新的一样。",
            ),
            False: (
                "用了一周就坏了。",
                "hard|第三天就不能用了。",
                "soft|拉链用两次就坏了。",
                "soft|缝线一周就开了，质量太差。",
                "rain|漏水，没法用。",
                "做工粗糙，对不起这个价格。",
            ),
        },
        "delivery": {
            True: ("物流很快，包裹完好。", "比预计早到两天。", "发货快，好评。"),
            False: ("物流太慢，等了快一个月。", "包裹在海关卡了好几天。", "送到的时候假期都结束了。"),
        },
        "price": {
            True: ("性价比很高。", "活动价买的，很划算。"),
            False: ("有点贵，不值这个价。", "刚买完就降价，后悔。"),
        },
        "service": {
            True: ("客服很有耐心。", "换货很顺利，服务好。"),
            False: ("客服半天不回复。", "售后态度差，敷衍。"),
        },
        "packaging": {True: ("包装很用心。", "包装完好，没有塑料。"), False: ("箱子压扁了。", "包装破了一个口。")},
        "size": {
            True: ("尺码标准，很合身。", "大小正好。"),
            False: ("太紧了，偏小。", "尺码偏小，建议买大一号。", "top|肩膀太紧，偏小。"),
        },
    },
}

#: of what the sentences with a mark can be said, by category
_MARKS: Final[dict[str, frozenset[str]]] = {
    "Tents": frozenset({"soft", "rain"}),
    "Sleeping": frozenset({"soft"}),
    "Backpacks": frozenset({"soft", "rain"}),
    "Jackets": frozenset({"soft", "rain", "top"}),
    "Base layers": frozenset({"soft"}),
    "Trousers": frozenset({"soft"}),
    "Footwear": frozenset({"rain"}),
    "Cooking": frozenset({"hard"}),
    "Light & power": frozenset({"hard"}),
    "Navigation & tools": frozenset({"hard"}),
}


@cache
def sentences(language: str, aspect: Aspect, praise: bool, category: str) -> tuple[str, ...]:
    """What can be said of one side of something of a category."""
    marked = [sentence.rpartition("|") for sentence in SENTENCES[language][aspect][praise]]
    return tuple(said for mark, _, said in marked if not mark or mark in _MARKS.get(category, frozenset()))


#: whole reviews of few words, by language and mood: delighted, so-so, cross
SHORT: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "en": {
        "good": (
            "Love it!",
            "Perfect, would buy again.",
            "My new favourite piece of kit.",
            "Exactly what I needed for the Highlands.",
            "Bought a second one for my sister.",
            "Great shop, great gear.",
            "Very happy with it, thank you.",
            "👍👍",
            "Best purchase this year.",
        ),
        "fair": (
            "It's ok.",
            "Does the job, nothing special.",
            "Good idea, but the details could be better.",
            "Fine for short trips, I wouldn't take it further.",
            "Expected a bit more.",
            "Nice colour, average quality.",
        ),
        "bad": (
            "Sent it back.",
            "Very disappointed.",
            "Never again.",
            "Would give zero stars if I could.",
            "Not what the photos show.",
            "Waste of money.",
        ),
    },
    "de": {
        "good": (
            "Top!",
            "Gerne wieder.",
            "Bin begeistert, klare Empfehlung.",
            "Genau richtig für die Hüttentour.",
            "Alles bestens.",
            "Würde ich sofort wieder kaufen.",
        ),
        "fair": (
            "Ganz ok.",
            "Tut, was es soll, mehr nicht.",
            "Hatte etwas mehr erwartet.",
            "Für gelegentliche Touren reicht es.",
        ),
        "bad": ("Geht zurück.", "Sehr enttäuscht.", "Nie wieder.", "Nicht wie auf den Fotos."),
    },
    "fr": {
        "good": ("Parfait, je recommande.", "Très content de mon achat.", "Super, merci !", "Idéal pour le GR20."),
        "fair": ("Correct, sans plus.", "Ça fait le travail.", "Je m'attendais à un peu mieux."),
        "bad": ("Très déçue.", "Renvoyé aussitôt.", "À éviter."),
    },
    "es": {
        "good": ("Encantada con la compra.", "Perfecto, repetiré.", "Justo lo que buscaba.", "Recomendable 100%."),
        "fair": ("Está bien, sin más.", "Cumple, pero esperaba algo más.", "Normalito."),
        "bad": ("Muy decepcionado.", "Lo he devuelto.", "No lo recomiendo nada."),
    },
    "pt": {
        "good": ("Adorei!", "Recomendo muito.", "Exatamente como na foto, perfeito.", "Compraria de novo."),
        "fair": ("É ok, nada demais.", "Cumpre o que promete, mas esperava mais.", "Razoável."),
        "bad": ("Muito decepcionada.", "Devolvi.", "Não recomendo."),
    },
    "zh": {
        "good": ("非常满意，会回购。", "很喜欢！", "朋友推荐买的，果然不错。", "好评！"),
        "fair": ("一般般吧。", "还可以，没有想象中好。", "凑合用。"),
        "bad": ("很失望。", "退货了。", "不会再买了。"),
    },
}

#: what stands between praise and blame
BUT: Final = {"en": "But: ", "de": "Aber: ", "fr": "Mais : ", "es": "Pero: ", "pt": "Mas: ", "zh": "不过"}
