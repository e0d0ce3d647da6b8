"""Where the demo's customers live: names, cities, carriers and the ways of writing a postcode, a street and a phone.

Phone numbers come from ranges set aside for fiction (Ofcom, ARCEP, Bundesnetzagentur, 555-01xx) and elsewhere from
prefixes that the country's numbering plan does not assign: none of them rings.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Country:
    code: str
    #: share of the shop's customers, in percent
    share: int
    #: what they speak, the first one nearly always
    languages: tuple[str, ...]
    currency: str
    #: hours ahead of UTC
    offset: int
    #: days a parcel is on its way: as a rule, and at most when nothing goes wrong
    transit: tuple[int, int]
    carriers: tuple[str, ...]
    #: `#` is any digit
    postcode: str
    phone: str
    #: `{n}` is the house number
    streets: tuple[str, ...]
    cities: tuple[str, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]
    payments: tuple[str, ...]
    #: whether the family name comes first
    family_first: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


GERMANY: Final = Country(
    "DE", 26, ("de", "en"), "EUR", 1, (2, 4), ("DHL", "DPD", "Hermes"), "#####", "+49 30 23125###",
    ("Lindenstraße {n}", "Am Mühlbach {n}", "Gartenweg {n}", "Schillerstraße {n}", "Bergstraße {n}", "Hafenallee {n}"),
    _words("Berlin Hamburg München Köln Leipzig Dresden Freiburg Stuttgart Nürnberg Bremen Kassel Münster"),
    _words("Anna Lukas Sophie Jonas Marie Felix Lena Paul Katharina Tobias Julia Sebastian Miriam Florian Clara Stefan"
           " Ines Matthias Nadine Oliver Greta Moritz Birgit Holger"),
    _words("Vogel Brandt Keller Schuster Lorenz Winkler Hartmann Seidel Krüger Engel Pohl Thiele Bergmann Arnold"
           " Ziegler Kuhn Jansen Böhm Sauer Reuter Franke Wolff Dietrich Busch"),
    ("card", "paypal", "invoice", "klarna"),
)  # fmt: skip
BRITAIN: Final = Country(
    "GB", 15, ("en",), "GBP", 0, (2, 5), ("Royal Mail", "Evri", "DPD"), "@@# #@@", "+44 7700 900###",
    ("{n} Mill Lane", "{n} Church Road", "{n} Station Street", "Flat {n}, Harbour View", "{n} Orchard Close"),
    _words("London Manchester Bristol Leeds Edinburgh Sheffield Cardiff Newcastle York Glasgow Brighton"),
    _words("Emma Oliver Charlotte Harry Grace Callum Rosie Daniel Freya Lewis Hannah Owen Imogen Rhys Isla Fergus Priya"
           " Amir Naomi Toby"),
    _words("Whitfield Barlow Hughes Mackenzie Patel Thornton Ashworth Fletcher Khan Gallagher Pritchard Holloway Reid"
           " Bennett Lowe Okafor Dawson Hale Sinclair Marsh"),
    ("card", "paypal", "apple pay"),
)  # fmt: skip
FRANCE: Final = Country(
    "FR", 13, ("fr", "en"), "EUR", 1, (3, 5), ("Colissimo", "Chronopost", "Mondial Relay"), "#####",
    "+33 6 39 98 ## ##",
    ("{n} rue des Tilleuls", "{n} avenue du Lac", "{n} rue de la Gare", "{n} chemin des Vignes", "{n} quai du Port"),
    _words("Paris Lyon Grenoble Annecy Toulouse Nantes Bordeaux Lille Strasbourg Montpellier Rennes"),
    _words("Camille Julien Élodie Thomas Manon Antoine Chloé Mathieu Inès Nicolas Léa Rémi Margaux Hugo Sarah Bastien"
           " Aurélie Karim Pauline Quentin"),
    _words("Lefèvre Garnier Rousseau Chevalier Marchand Picard Renaud Fontaine Barbier Perrin Collet Dumas Benali"
           " Giraud Leclerc Morel Vasseur Poirier Aubert Tessier"),
    ("card", "paypal"),
)  # fmt: skip
AMERICA: Final = Country(
    "US", 11, ("en", "es"), "USD", -5, (6, 10), ("UPS", "USPS", "FedEx"), "#####", "+1 ### 555 01##",
    ("{n}2 Maple Avenue", "{n}0 Ridge Road", "{n}5 Lakeview Drive", "{n}1 2nd Street", "{n}8 Cedar Court"),
    _words("Denver Portland Seattle Austin Boulder Salt_Lake_City Chicago Boston Asheville Minneapolis San_Diego"),
    _words("Jessica Tyler Megan Brandon Ashley Marcus Nicole Jordan Rachel Diego Samantha Kevin Alicia Ethan Maria"
           " Logan Tiffany Andre"),
    _words("Carter Sullivan Ramirez Nguyen Brooks Foster Delgado Peterson Hayes Coleman Rivera Walsh Bishop Ortiz"
           " Jennings Kim Lambert Stone"),
    ("card", "paypal", "apple pay"),
)  # fmt: skip
SPAIN: Final = Country(
    "ES", 9, ("es", "en"), "EUR", 1, (3, 6), ("Correos", "SEUR", "GLS"), "#####", "+34 500 000 ###",
    ("Calle del Olmo {n}", "Avenida del Mar {n}", "Plaza Mayor {n}", "Calle de la Fuente {n}", "Paseo del Río {n}"),
    _words("Madrid Barcelona Valencia Sevilla Bilbao Granada Zaragoza Málaga Oviedo Pamplona"),
    _words("Lucía Javier Carmen Pablo Marta Sergio Elena Álvaro Nuria Rubén Irene Adrián Paula Iker Beatriz Gonzalo"),
    _words("Romero Navarro Molina Ortega Serrano Iglesias Castillo Herrero Vidal Prieto Campos Fuentes Lozano Ibáñez"
           " Gallardo Soler"),
    ("card", "paypal", "bizum"),
)  # fmt: skip
NETHERLANDS: Final = Country(
    "NL", 6, ("nl", "en"), "EUR", 1, (2, 4), ("PostNL", "DHL"), "#### @@", "+31 6 0000 0###",
    ("Dorpsstraat {n}", "Kerklaan {n}", "Molenweg {n}", "Havenkade {n}"),
    _words("Amsterdam Utrecht Rotterdam Groningen Eindhoven Haarlem Nijmegen Leiden"),
    _words("Sanne Bram Fleur Daan Lotte Sander Eva Ruben Maaike Thijs Roos Jeroen"),
    _words("de_Vries van_Dijk Bakker Visser Mulder Hendriks Kuiper Verhoeven Postma Dekker Smits Brouwer"),
    ("ideal", "card", "paypal"),
)  # fmt: skip
AUSTRIA: Final = Country(
    "AT", 5, ("de", "en"), "EUR", 1, (2, 5), ("Österreichische Post", "DPD"), "####", "+43 600 000###",
    ("Bahnhofstraße {n}", "Kirchengasse {n}", "Almweg {n}", "Donaulände {n}"),
    _words("Wien Graz Linz Salzburg Innsbruck Klagenfurt"),
    _words("Johanna Maximilian Theresa Dominik Magdalena Philipp Eva Gregor Veronika Manuel"),
    _words("Gruber Steiner Moser Pichler Leitner Hofer Egger Auer Wimmer Haas"),
    ("card", "invoice", "paypal"),
)  # fmt: skip
BRAZIL: Final = Country(
    "BR", 5, ("pt",), "BRL", -3, (9, 16), ("Correios", "Jadlog"), "#####-###", "+55 10 90000-0###",
    ("Rua das Palmeiras, {n}", "Avenida Central, {n}", "Rua do Sol, {n}", "Travessa do Porto, {n}"),
    _words("São_Paulo Rio_de_Janeiro Curitiba Belo_Horizonte Florianópolis Porto_Alegre Salvador"),
    _words("Ana Rafael Juliana Thiago Camila Bruno Larissa Gustavo Fernanda Caio Beatriz Vinícius"),
    _words("Almeida Cardoso Teixeira Barbosa Moreira Nogueira Pinheiro Rezende Freitas Azevedo Macedo Queiroz"),
    ("pix", "card"),
)  # fmt: skip
POLAND: Final = Country(
    "PL", 4, ("pl", "en"), "PLN", 1, (3, 5), ("InPost", "DPD"), "##-###", "+48 400 000 ###",
    ("ul. Lipowa {n}", "ul. Ogrodowa {n}", "ul. Szkolna {n}", "al. Parkowa {n}"),
    _words("Warszawa Kraków Wrocław Gdańsk Poznań Łódź"),
    _words("Agnieszka Piotr Magdalena Tomasz Zuzanna Michał Karolina Jakub Ewa Marcin"),
    _words("Zieliński Wójcik Kamiński Mazur Krawczyk Grabowski Pawlak Sikora Baran Dudek"),
    ("blik", "card"),
)  # fmt: skip
CHINA: Final = Country(
    "CN", 4, ("zh", "en"), "CNY", 8, (8, 13), ("SF Express", "YunExpress"), "######", "+86 100 0000 0###",
    ("中山路{n}号", "人民路{n}号", "湖滨路{n}号", "花园街{n}号"),
    _words("上海 北京 杭州 成都 深圳 广州 南京"),
    _words("蕾:lei 伟:wei 芳:fang 静:jing 磊:lei 洋:yang 婷:ting 浩:hao 敏:min 雪:xue 晨:chen 佳怡:jiayi"),
    _words("王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 赵:zhao 周:zhou 吴:wu 徐:xu 孙:sun 林:lin"),
    ("alipay", "wechat pay", "card"), family_first=True,
)  # fmt: skip
PORTUGAL: Final = Country(
    "PT", 2, ("pt", "en"), "EUR", 0, (3, 6), ("CTT", "DPD"), "####-###", "+351 900 000 ###",
    ("Rua da Fonte {n}", "Largo da Igreja {n}", "Rua do Castelo {n}"),
    _words("Lisboa Porto Coimbra Braga Faro"),
    _words("Inês Tiago Mariana Duarte Rita Nuno Leonor Vasco"),
    _words("Ferreira Carvalho Lourenço Matos Pires Sequeira Tavares Figueiredo"),
    ("multibanco", "card", "paypal"),
)  # fmt: skip

COUNTRIES: Final = (
    GERMANY, BRITAIN, FRANCE, AMERICA, SPAIN, NETHERLANDS, AUSTRIA, BRAZIL, POLAND, CHINA, PORTUGAL,
)  # fmt: skip
