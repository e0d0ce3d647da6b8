"""Whether somebody asks for a person in plain words, in six languages.

What was learnt finds this wish in all the ways people have of saying it, and is less sure of it the more else a
sentence says: "I want to talk to a person about payment methods" is about payment as well. What is said outright is
not to be weighed. It takes a wish, not a word: who "talked to an agent" or does "not want to talk to anybody" asks for
nobody.
"""

import re
from typing import Final

_PERSON: Final = {
    "en": (
        r"(?:(?:a|an|any|some|the|your|another)\s+)?(?:(?:real|live|human|actual|proper)\s+)*"
        r"(?:person|people|human(?:\s+being)?|agents?|representative|operator|supervisor|manager|advis[eo]r"
        r"|customer\s+(?:service|support|care)|support|team\s+member|member\s+of\s+(?:staff|the\s+team|your\s+team))\b"
        r"|(?:someone|somebody|anyone|anybody)\b"
    ),
    "de": (
        r"(?:(?:einem|einer|einen|eine|jemandem|jemanden|ihrem|eurem|deinem)\s+)?"
        r"(?:(?:echte[nmr]?|richtige[nmr]?|lebende[nmr]?|menschliche[nmr]?)\s+)*"
        r"(?:mensch(?:en)?|person|mitarbeiter(?:in|n)?|ansprechpartner(?:in)?|berater(?:in)?|kundenberater(?:in)?"
        r"|kundendienst|kundenservice|vorgesetzten)\b|jemande[mn]\b|jemand\b"
    ),
    "fr": (
        r"(?:(?:un|une|votre|vos|le|la|l['’])\s*)?(?:(?:vrai|vraie|autre)\s+)?"
        r"(?:personne(?:\s+(?:réelle|humaine))?|humain|être\s+humain|conseill(?:er|ère)|agent|opérateur|opératrice"
        r"|interlocuteur|responsable|employée?|service\s+client(?:s|èle)?)\b|quelqu['’]\s*un\b|qqn\b"
    ),
    "es": (
        r"(?:(?:un|una|el|la|su|otro|otra|algún|alguna)\s+)?(?:ser\s+)?(?:verdader[oa]\s+)?"
        r"(?:persona|human[oa]|agente|asesora?|operadora?|ejecutiv[oa]|representante|supervisora?|encargad[oa]"
        r"|atención\s+al\s+cliente)\b|alguien\b"
    ),
    "pt": (
        r"(?:(?:um|uma|o|a|seu|outro|outra|algum|alguma)\s+)?(?:ser\s+)?"
        r"(?:pessoa|human[oa]|atendente|operadora?|agente|assistente|supervisora?|gerente|responsável"
        r"|atendimento(?:\s+ao\s+cliente)?)\b|alguém\b|alguem\b"
    ),
}  # fmt: skip

_WISHES: Final = {
    "en": (
        # "I want to talk to a person", "can I please speak with someone", "let me chat to an agent"
        r"(?<!not\s)(?<!n['’]t\s)(?<!dont\s)(?<!never\s)"
        r"\b(?:want|wanna|need|would\s+(?:really\s+)?(?:like|love|prefer)|['’]d\s+(?:really\s+)?(?:like|love|rather|prefer)"
        r"|(?:can|could|may|might|let|have)\s+(?:i|me|we|us)|wish|please)\s+"
        r"(?:(?:please|just|now|really|to|only)\s+){{0,3}}(?:talk|speak|chat)\s+(?:to|with)\s+(?:{person})",
        # as an order: "talk to a human"
        r"^\W*(?:please\s+)?(?:talk|speak|chat)\s+(?:to|with)\s+(?:{person})",
        r"\b(?:connect|transfer|put|forward|pass|hand|switch)\s+(?:me|us)\s+(?:(?:over|through|on)\s+)?(?:to|with)\s+(?:{person})",
    ),
    "de": (
        r"\b(?:möchte|moechte|will|würde|kann|könnte|muss|darf|dürfte|wollen|möchten|können|lassen\s+sie\s+mich|lass\s+mich)\b"
        r"(?:\s+(?!nicht\b|nie\b|kein\w*)[\w,-]+){{0,4}}?\s+mit\s+(?:{person})(?:\s+(?!nicht\b)[\w,-]+){{0,5}}?\s+"
        r"(?:sprechen|reden|chatten|telefonieren)\b",
        r"^\W*(?:bitte\s+)?mit\s+(?:{person})\s+(?:sprechen|reden)\b",
        r"\b(?:verbinden\s+sie|verbinde|verbindet|stellen\s+sie|stell)\s+(?:mich|uns)\s+(?:bitte\s+)?(?:mit|zu)\s+(?:{person})",
    ),
    "fr": (
        r"\b(?:(?:veux|voudrais|voudrions|souhaite|souhaiterais|aimerais|préfère|préférerais|peux|pourrais|puis-je|peut-on"
        r"|pourrais-je|besoin\s+d[e'’]|possible\s+d[e'’]|laissez-moi)\s+)(?:(?!pas\b)[\w'’]+\s+){{0,2}}?"
        r"(?:parler|discuter|échanger)\s+(?:à|a|avec)\s+(?:{person})",
        r"^\W*(?:parler|discuter)\s+(?:à|a|avec)\s+(?:{person})",
        r"\bpasse[rz]?[-\s]+(?:moi\s+)?(?:à\s+)?(?:{person})",
        r"\bmett(?:ez|re)[-\s]+moi\s+en\s+(?:relation|contact)\s+avec\s+(?:{person})",
    ),
    "es": (
        r"(?<!no\s)\b(?:quiero|quisiera|querría|necesito|deseo|prefiero|gustaría|puedo|podría|podemos|déjeme|déjame)\s+"
        r"(?:(?!no\b)\w+\s+){{0,1}}?(?:hablar|chatear|comunicarme)\s+con\s+(?:{person})",
        r"^\W*(?:hablar|comunicarme)\s+con\s+(?:{person})",
        r"\b(?:pás[ae]me|pase?me|comuníqueme|comunícame|transfiérame|conéct[ae]me|póngame|ponme)\s+con\s+(?:{person})",
    ),
    "pt": (
        r"(?<!não\s)(?<!nao\s)\b(?:quero|queria|gostaria\s+de|preciso(?:\s+de)?|desejo|prefiro|posso|poderia|podia|deixa\s+eu)\s+"
        r"(?:(?!não\b|nao\b)\w+\s+){{0,1}}?(?:falar|conversar)\s+(?:com|c/?)\s+(?:{person})",
        r"^\W*(?:falar|conversar)\s+(?:com|c/?)\s+(?:{person})",
        r"\b(?:passa|passe|passar|transfere|transfira|conecta|ligue|coloca|coloque)(?:\s+|-)(?:me\s+)?(?:para|pra|a|ao|com)\s+(?:{person})",
    ),
}  # fmt: skip

_CHINESE: Final = (
    r"(?<![不没是说])(?<!无法)(?<!不用)(?<!不必)(?:转|要|找|接|换|叫)(?:接|到|一下|一?[个位]|成|我)?(?:真人|人工)(?!费|智能)"
    r"|(?<![不没是])(?:想|要|请|能不能|能否|可以|可不可以|让我)(?:我)?(?:和|跟|与|找|同)(?:一?[个位])?"
    r"(?:真人|人工|客服|活人)(?:客服)?(?:说|谈|聊|讲|沟通|对话|通话|交流)"
)

_ASKS: Final = re.compile(
    "|".join(
        [wish.format(person=_PERSON[language]) for language, wishes in _WISHES.items() for wish in wishes] + [_CHINESE]
    ),
    re.IGNORECASE,
)


def asks_for_person(sentence: str) -> bool:
    """Whether a sentence asks for a person outright.

    >>> asks_for_person("I want to talk to a person about payment methods")
    True
    >>> asks_for_person("I talked to a person yesterday, and do not want to talk to anybody again")
    False
    """
    return _ASKS.search(sentence) is not None
