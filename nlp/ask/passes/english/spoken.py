"""English as it is spoken in a shop, put into the words of `words.txt`: forked out, since the start of the year."""

import re

from nlp.ask.months import MONTH
from nlp.ask.passes.tables import Table, replaced

#: whole peoples, by what their customers are called
_PEOPLES = {
    "germans": "german", "americans": "american", "yanks": "american", "brits": "british", "britons": "british",
    "italians": "italian", "austrians": "austrian", "belgians": "belgian", "canadians": "canadian",
    "australians": "australian", "aussies": "australian", "russians": "russian", "mexicans": "mexican",
    "brazilians": "brazilian", "indians": "indian", "koreans": "korean", "greeks": "greek", "swedes": "swedish",
    "danes": "danish", "norwegians": "norwegian", "finns": "finnish", "spaniards": "spanish", "poles": "polish",
    "turks": "turkish", "dutchmen": "dutch", "frenchmen": "french", "scots": "british",
}  # fmt: skip
#: as they are written in the shop's data
_LANGUAGES = {
    "zh": "chinese", "en": "english", "de": "german", "fr": "french", "es": "spanish", "nl": "dutch", "ja": "japanese",
    "sv": "swedish", "it": "italian", "pt": "portuguese",
}  # fmt: skip
_UNIT = r"(?P<unit>year|quarter|month|week)"
_AMOUNT = r"(?:over|more than|above|at least|under|less than|below|between|up to|exactly|nearly|around|[\d€$£])"
_BUY = r"(?:buy|bought|order|ordered|purchase|purchased)"
_WHO = r"(?:who|customers|buyers|people|clients|shoppers|folks|users|anyone|everyone)"
_PERSON = r"(?:who|customers?|buyers?|clients?|people|shoppers)"
_COUNTED = (
    r"(?:orders?|customers?|buyers?|people|tickets?|complaints?|reviews?|refunds?|visits?|carts?|products?|"
    r"items?|shoppers?|accounts?|sign-?ups?|registrations?)"
)


def _complaints_by_customer(found: re.Match[str]) -> str:
    """Who complained most: complaints are tickets of a kind, and have no count of their own."""
    before, rest = found["before"], found["rest"]
    by = re.search(r"\bby (?:the )?(?:number of )?complaints?\b", found[0])
    if not (found["most"] or by) or re.search(r"\b(?:how many|number of|share|by|per)\b", before):
        return found[0]
    before = re.sub(r"^(?:(?:which|the|show|list|give|what|find|name|are|our)\b ?)+", "", before)
    rest = re.sub(r",? by (?:the )?(?:number of )?(?:complaint )?(?:tickets|complaints)\b", "", rest)
    first = "" if re.search(r"\btop\b", found[0]) or re.search(r"\d", before) else " top 10"
    return f"number of complaint tickets by customer {before}{rest}{first}"


_IDIOMS = Table(
    (re.compile(pattern), said)
    for pattern, said in (
        # short forms of one word
        (r"\bhow'd\b", "how did"), (r"\bwhere'd\b", "where did"), (r"\bwho'd\b", "who had"), (r"\bu\b(?! ?k\b)", "you"),
        (r"\bhow's\b", "how is"), (r"\bwhere's\b", "where is"), (r"\bw/(?=\w\w)", "with "), (r"\bw/ ", "with "),
        (r"\bin the (?:coming|following|upcoming) (?=30 days\b)", "in the next "),
        (r"\bb/w\b", "between"), (r"\btop-(?=\d)", "top "),
        (r"\bhow much (?=(?:orders|customers|tickets|people|clients|buyers|complaints|products|pieces|units|signups|"
         r"visitors|"
         r"shoppers|users|accounts)\b)", "how many "),
        # languages
        (r"\b(?:(?:have|has|with|having|use|uses|using|speak|speaks|chose|picked) )?(\w+) (?:(?:set|listed|recorded|"
         r"saved|chosen|"
         r"picked) )?(?:down )?(?:as|for) (?:their|the|a|an|his|her) (?:(?:preferred|main|default|first|native|mother|"
         r"spoken|account|"
         r"contact) )?(?:language|tongue)\b", lambda found: f"{_LANGUAGES.get(found[1], found[1])} speaking"),
        # who
        (rf"\b(?:the )?({'|'.join(_PEOPLES)})\b(?: customers)?", lambda found: f"{_PEOPLES[found[1]]} customers"),
        (r"\bthe (french|dutch|swiss|chinese|japanese|british|english|irish|spanish|portuguese|polish|swedish)\b"
         r"(?= (?:place|buy|spend|order|purchase|bought|spent|ordered|purchased|placed|who|that)\b)", r"\1 customers"),
        (r"\b(?:the )?(?!many\b|any\b|all\b)(\w+) ones\b", r"\1"),
        (r"\b(?:head ?counts?|tall(?:y|ies)) (?:of|for)\b", "number of"),
        (r"\bhow many (?:heads|souls|bodies|faces|names)\b(?! of)", "how many customers"),
        (r"\b(?:most (?:active|prolific|frequent|diligent)|busiest|keenest) reviewers\b",
         "customers with most reviews"),
        (rf"^(?P<before>.*?)\b{_PERSON} (?:who |that )?(?:(?:with|by|have|has|had|made|filed|raised|opened|lodged) "
         rf")?(?:the )?"
         r"(?:(?P<most>most|highest number of|number of) )?complaints?(?: tickets)?\b(?P<rest>.*)$",
         _complaints_by_customer),
        (rf"^(?P<before>.*?)\b{_PERSON} (?:who |that )?(?:have |has )?(?:complained|complains?) (?P<most>(?:the )?most)"
         r"(?: often)?\b(?P<rest>.*)$",
         _complaints_by_customer),
        (r",? ?(?:the )?(?:biggest|top|highest|largest|best) spenders? first\b", ", by spend"),
        (r",? ?(?:the )?(?:smallest|lowest|least) spenders? first\b", ", by spend lowest first"),
        # not what is counted, and no word for what is
        (rf"\b({_WHO}|they) (?:really |do )?like\b(?! to)", r"\1 love"),
        (r"^who (?=(?:joined|registered|signed up|enrolled|became)\b)", "customers who "),
        (r"^who (?:has|have|had) (?=(?:a |an )?(?:purchase |buying |churn |customer |lifetime )?(?:propensity|risk|"
         r"probability|value|clv|ltv)\b)", "customers with "),
        (r"\b(?:are|have been|were) (?:there )?many (?=people|customers|buyers|orders|tickets)", "are there "),
        (r"\b(?:non-?|not )consenting (customers|buyers|clients|people|users|shoppers)\b",
         r"\1 without marketing consent"),
        (r"\bconsenting (customers|buyers|clients|people|users|shoppers)\b", r"\1 with marketing consent"),
        (r"\b(?:agreed|agree|said yes|consented|opted in|signed up|subscribed|subscribe|happy|willing|ok|okay|fine|"
         r"are subscribed|allowed|allow|want|wants) (?:(?:to|for|with|getting|get|receive|receiving|us|we|our|the) )*"
         r"(?:marketing|promotional|promo|advertising) (?:e-?mails?|mails?|mailings?|messages?|newsletters?|material|"
         r"communications?|comms|contact|stuff|content|letters?)\b", "have marketing consent"),
        (r"\b(?:share|percentage|proportion|fraction) of repeat (?:buyers|customers)\b"
         r"(?! (?:have|has|had|who|that|are|were|live|gave|left|ordered|bought|with|without|come|from))",
          "repeat purchase rate"),
        (r"\b(?:are|is|were) (?=subscribed to marketing|opted in|opted out)", ""),
        (r"\b(?:refused?|declined?|rejected?|said no|objected|opted out|unsubscribed|unsubscribe|do(?:es)? not want|"
         r"don't want|doesn't want|did not agree|didn't agree) (?:(?:to|of|for|from|with|any|our|the) )*"
         r"(?:marketing|promotional|promo|advertising)(?: (?:e-?mails?|mails?|mailings?|messages?|newsletters?|"
         r"material|communications?|comms))?\b", "have no marketing consent"),
        (r"\b(?:agreed|agree|said yes|consented|opted in|subscribed|agreeing) to marketing\b",
         "have marketing consent"),
        (r"\b(?:whose|with) (?:\w+ )?language (?:is |= ?|set to |of )?(\w+)\b(?<! is)", r"who are \1 speaking"),
        (r"\b(revenue|sales|turnover|spend|takings) of (?=(?:repeat|returning|recurring|loyal|new|first-time|one-time) "
         r"(?:buyers|customers)\b)", r"\1 from "),
        (r"\b(likely|likelihood|chance|probability) (to|of) (buy|order|purchase|buying|ordering|purchasing) again in "
         r"the next "
         r"30 days", r"\1 \2 \3 in the next 30 days"),
        (r"^(?=(?:looked at|viewed|visited|browsed) .*\b(?:but|and|yet)\b)", "customers who "),
        (r"\b(?:most expensive|priciest|dearest|costliest) (orders|refunds)\b", r"biggest \1"),
        (r"\byet to (?:make|place|put in|do) (?:a|an|their|any|the|their first|a first) (?:\w+ )?"
         r"(?:purchase|order|buy)\b", "who never ordered"),
        (r"\b(?:fall|falls|fell|belong|are) (?:in|into|to|under) (?:the |our )?([\w' ]+?) "
         r"(?:bucket|group|category|class|tier|bracket)\b(?! of)", r"in \1 segment"),
        (r"\bbucket\b", "segment"),
        (r"\b(?:dropped off|fell off|fallen off|gone off|off) (?:the|our) (?:radar|map|grid)\b\s*[-–—,:]*\s*"
         r"(?=(?:no|without|not|with no) )", "customers with "),
        (r"\bnot seen (?:ordering|buying|purchasing|shopping)\b|\bnot been seen (?:ordering|buying)?\b",
         "who have not ordered"),
        (r"\b(?:have |has |who )?gone (?:quiet|silent|cold|dark|missing) (?:for|since) [^,]*?,? say (?=\d)",
         "inactive for "),
        (r"(?<=inactive for )(\d+ \w+),? without (?:an? |any )?(?:order|purchase)s?\b", r"\1"),
        # what they did
        (r"\b(?:whether|if|has|have|was|is) anything(?:'s| has| was| is)? (?:been )?(?:ordered|bought|purchased|"
         r"sold)\b",
         "number of orders"),
        (r"^(?:did|has|have) (?:anyone|anybody|somebody|someone) (?:buy|bought|order|ordered|purchased?) ([^?]+)\? *"
         r"how many (?:units|pieces|items|of them)?$", r"how many units of \1"),
        (r"\b(?P<saw>looked at|viewed|visited|browsed|saw|checked out) (?:the |an? |some |our "
         r")?(?P<what>[\w-]+)(?P<rest> .*?"
         r"(?:never|not|n't)(?: ever)?) (?P<did>bought|ordered|purchased|buy|order|purchase) (?:any|one|it|them)\b(?! "
         r"of)",
         r"\g<saw> \g<what>\g<rest> \g<did> \g<what>"),
        (r"^from ([\w ]+), (?=(?:got|bought|ordered|has|have|spent|visited)\b)", r"customers from \1 who "),
        (r", never any (?=\w)", " but never bought "),
        (r"^(?P<did>(?:only |never |has |have )*(?:ever )?(?:bought|ordered|visited|viewed|spent|registered|signed up|"
         r"returned|"
         r"reviewed)\b.+?)[ ,–—-]+(?:which|what|who are the) (?:customers|buyers|people|clients)[?]*$",
         r"customers who \g<did>"),
        (r"^(?=(?:registered|signed up|joined) .*\b(?:but|and|yet)\b)", "customers who "),
        (r"\b(more than|over|at least|under|less than|above) ((?:[€$£] ?)?\d[\d,.]*k?(?: euros?| eur)?) spent\b",
         r"spent \1 \2"),
        (r"\b(?:yet|but|and) nothing (?=(?:this|last|in|since|so far|at all)\b)", "but have not ordered "),
        (r"(n't|\bnever|\bnot|\bwithout)((?: [^,?]*?)? )a single (ticket|order|review|refund|visit|complaint|"
         r"purchase)\b",
         r"\1\2any \3s"),
        (r"\b(?:the |our )?single (?=(?:largest|biggest|highest|smallest|lowest|best|worst|most)\b)", "the "),
        (r"\bvery (?=(?:first|last|latest|same|best|worst)\b)", ""),
        (r"\b(?:forked|forking|fork|splashed|splash|coughed|shelled|shell|laid|dished|stumped) (?:out|up)\b"
         r"(?! in| discounts| refunds| for discounts)", "spent"),
        (rf"\b(customers|people|buyers|who|folks|shoppers|clients|users|everyone)(?: have| has)? (?:dropped|splurged|"
         rf"blew|blown|invested|parted with|burned|put down) (?={_AMOUNT}[^,]*(?:€|\$|£|euros?|eur|bucks|"
         r"dollars?|pounds?|usd|gbp|money))", r"\1 spent "),
        (r"\b(?:tops|topped|topping|clears|cleared|passes|passed|beats) (?=[\d€$£])", "exceeds "),
        (rf"\b(?P<who>{_WHO}) (?P<only>only |always |mostly )?(?:pay|pays|paying|settle|settles|check out) "
         r"(?P<how>by|with|via|using|through)\b", r"\g<who> \g<only>bought \g<how>"),
        (r"\bdid(?:n't| not) (?:check ?out|complete the (?:order|purchase))\b", "did not order"),
        (r"\bwhich (payment|pay) (type|method|option|mode)s? (?:do|did|does|are|is|was)(?: (?:our|the|most|people|"
         r"customers|buyers|they|folks|we))* (?:use|used|choose|chose|pick|picked|prefer|preferred|see)?(?:d)? ?"
         r"(?:the )?(?:most|more)(?: often| frequently)?\b", "which payment method has the most orders"),
        (r"\bcall(?:ed|s|ing)? off\b|\bscrapped\b|\baborted\b", "cancelled"),
        (r"(?<=\bwe )(?:(?:manage|managed) to )?(?:shift|shifting|shifted|flog|offload|move|moved|flogged|offloaded)\b",
         "sold"),
        (r"\b(?:fly|flying|flew|flown|fly|jump|jumping|race|racing|walk|walking) off (?:the|our) shel(?:f|ves)\b"
         r"(?: (?:the )?(?:most|fastest))?", "sell best"),
        (r"\b(?:selling|sells|sell) like hot ?cakes\b", "sell best"),
        (r"\bgathering dust\b", "worst selling"),
        (r"\bpairs? of (?=\w)", "units of "), (r"\bpairs\b", "units"),
        (r"\b(bought|ordered|purchased|shopped)(?: just| only)? once,? (?:and|but|then)(?: then)? never again"
         r"(?: since| after(?:wards)?)?\b", r"\1 exactly once"),
        (r"\b(?:people|customers|buyers|they|clients) (?:send|bring|give|sent|brought) back (?:the )?most(?: often)?\b",
         "with most refunds"),
        (r"\bhow (?:many times|often) (?:did|do|have) (?:customers|people|buyers|clients|they) (?:ask(?:ed)? for|"
         r"request(?:ed)?|"
         r"want(?:ed)?|demand(?:ed)?) (?:their |a |any |the )?(?:money back|refunds?)\b", "how many refunds"),
        (r"\b(?:that |who |whom )?(?:we|i) (?:can|may|could|are allowed to) (?:e-?mail|market to|mail|write to)\b(?: "
         r"to)?",
         "with marketing consent"),
        (r"^who(?:'s| is| are) likely to (?=(?:buy|order|purchase)\b)", "who is most likely to "),
        (r"^(customers|buyers|people) (?:who are |that are )?likely to (?=(?:buy|order|purchase)\b)", r"\1 most "
         r"likely to "),
        (r"^do (?:our |the )?(?:customers|people|buyers|shoppers)? ?(?:from|in) (?:the )?(\w+) (?:buy|spend|order|"
         r"shop) (?:more|less) "
         r"than (?:those|the ones|customers|people|buyers)? ?(?:from|in) (?:the )?(\w+)\b[ ?,:–-]*(revenue|orders|"
         r"units|aov|"
         r"average order value|spend|sales|turnover)\b", r"\3 in \1 vs \2"),
        (r"^when was (?:the )?(last|first|latest|most recent) (?:order|purchase) (?:of|by|from) ", r"\1 order of "),
        (r"\baccounts? (?:(?:were|was|got|have been|has been|we) )?(?:opened|created|made|set up|registered)\b",
         "sign-ups"),
        (r"\b(?:did|has|have|does|do|is|a|any|the|much)\b([^?]*?) drop(?= (?:in|this|last|from|since|compared|by|"
         r"between|on|over)"
         r"\b|[?.!]*$)", r"did\1 decrease"),
        (r"^(churn risk|churn probability|purchase propensity|propensity|clv|ltv|lifetime value) (?=(?:above|over|"
         r"below|under|"
         r"more than|less than|at least|of at least|higher than|lower than)\b)", r"customers with \1 "),
        # orders
        (r"\b(?:parcels?|packages?|consignments?)\b(?= (?:did|were|have|has|was|by|per|left|went|that|this|last|in|"
         r"sent|handled|carried|for|with|to|from|are|do|each|delivered|on)\b|[?.!]*$)(?! service)",
         lambda found: "orders" if found[0].endswith(("s", "es")) else "order"),
        (r"\bcontained\b|\bcontains\b|\bincluded\b(?= (?:more|at least|over|less|fewer|exactly))", "containing"),
        (r"\bshipped (?:free of charge|at no (?:cost|charge)|for nothing|gratis)\b|\bfree of charge\b", "with free "
         "shipping"),
        (r"\(?\bshipping (?:=|of|is|was)? ?0\)?", ""),
        (r"\b(?:carried|carry|had|got|received|enjoyed|came with|used) (?:an? |any |some )?discounts?\b(?= on (?:all|"
         r"every|"
         r"each))", "got a discount"),
        (r"\borders (?:had|carried|carry|got|received|came with|enjoyed|used|have) (?:an? |any |some )?discounts?\b",
         "orders with a discount"),
        (r"\b(?:hand|give|gave|dish|deal|knock|take|let|write)(?:ed|s)? (?:out|away|off)\b(?=.*\bdiscounts?\b)|"
         r"(?<=discount )"
         r"(?:did|do|have|has) (?:we|the shop) (?:hand|hands|handed|give|gave|given|dish|grant|granted|allow|allowed)"
         r"(?: (?:out|away|off))?\b", ""),
        (r"\b(?:how much(?: money| cash)?|how many (?:euros|dollars|pounds|eur|bucks)|what) (?:went|goes|has gone|"
         r"have gone|"
         r"flowed|was sent|was paid|got sent|got paid|was handed) back(?: out)?(?: to (?:our |the )?(?:customers|"
         r"buyers|"
         r"clients|people|shoppers))?\b", "refund amount"),
        (r"\bwhat(?:'s| is| was) the damage (?:on|from|for) refunds\b", "what was the refund amount"),
        (r"\b(?:most|more) (?:refunded money|money refunded)\b", "highest refund amount"),
        (r"\b(?:paid|pay|spent|spend) (?:us )?(?:in|on|for) (?:shipping|delivery|postage)(?: (?:fees?|costs?|"
         r"charges?))?\b",
         "shipping charged"),
        (r"\b(?:how much )?(?:have|did|do) (?:our |the )?customers (?=shipping charged)", "how much "),
        (r",? ?(?:with )?(?:cancelled|canceled|cancellations)(?: orders| ones)? (?:excluded|left out|not counted|aside|"
         r"ignored|removed|taken out)\b", ""),
        (r"\b([\w']+) (?:excluded|left out|not counted|aside)(?=[,?.!]|$)", r"excluding \1"),
        (r",? ?(?:with )?(?:the )?refunds (?:taken off|taken out|deducted|subtracted|removed|off)\b", ""),
        (r"\bstatus (?:of )?(shipped|paid|delivered|pending|cancelled)\b", r"\1"),
        (r"\bin transit \(?(?:status )?shipped\)?", "in transit"),
        (r"\b(?:small|tiny|little|large|big|huge) (orders|refunds|carts)(?=[ ,:–—-]+(?:how many )?(?:under|below|over|"
         r"above|"
         r"less than|more than))", r"\1"),
        (r"\bdelivered (?:later than|more than|over) (\d+) days after (?:placement|ordering|being placed|being ordered|"
         r"the order|order|purchase)\b", r"with delivery time more than \1 days"),
        (r"\b(?:what|how much) (?:does|do|did) (?:a|an|the|our) (?:typical|average|usual|normal) order (?:come to|"
         r"amount "
         r"to|cost|run to|bring in|total)\b(?:[ ,]+on average,?)?", "what is the average order value"),
        (r"\b(?:did|do|have|has) we (?:book|process|fulfil|rack up|clock up|pull in|log|land|ring up)(?:ed)?\b",
         "did we have"),
        (r"^what(?:'s| has| is)? happen(?:ed|ing) (?:with|to) (?=(?:order|ticket)\b)", ""),
        (r"\b(order #?[a-z]*-?\d+)[?.,]* *(?:what is |what's )?(?:the |its )?status(?: please| pls)?$", r"\1"),
        (r"(?<=\bpaid),? (?:and )?(?:waiting|ready|yet|still) to (?:go out|be shipped|ship|leave|be sent|be "
         r"dispatched)\b", ""),
        (r"\breviews with (?:an? |just |only )?([1-5]|one)[- ]stars?\b(?! (?:or|and|to)\b)",
         r"\1 star reviews"),
        # what is not told by the shop's data is not passed over
        (r"\b((?:tickets?|issues?|complaints?|queries|questions|cases)\b.*?\b(?:about|with|regarding|concerning|on)) "
         r"(?:the |our )?"
         r"(?:website|webshop|site)\b", r"\1 webpage"),
        (r"\b(?:did|do|have|are|were) we (?:spend|spent|spending|pay|paid|paying)\b(?! (?:back|out))(?!.*\b(?:refund|"
         r"discount))",
         "costs"),
        # money
        (r"\bhow much cash\b", "how much money"),
        (r"\b(?:worth|valuable) to (?:us|the shop) in (?=revenue|sales|turnover)", ""),
        (r"^(?:how|how well) (?:did|has|have|do|does|is|are|was|were) (.+?) (?:do|done|doing|perform|performed|"
         r"performing|"
         r"fare|fared|faring|go|going|get on|turn out|look|looking|end up|pan out|shape up|come out)\b(.*?)[ ,-]+"
         r"(revenue|sales|turnover|units|orders|quantity|volume)[- ]?wise\b", r"\3 of \1\2"),
        (r"^(?:how|how well) (?:did|has|have|do|does|is|are|was|were) (.+?) (?:do|done|doing|perform|performed|"
         r"performing|"
         r"fare|fared|faring|turn out|look|looking|end up|pan out|shape up|come out)\b(.*?) (?:in|on|by|in terms of) "
         r"(revenue|sales|turnover|units|orders)[?.]*$", r"number of \3 of \1\2"),
        (r"\bnumber of (revenue|sales|turnover|units) of\b", r"\1 of"),
        (r"^(?:who|which(?: one| agent| colleague)?) (?:is|was|has been) (?:the )?(quicker|faster|slower) (?:to|at|in) "
         r"(?:repl|respond|answer)\w*(.*?)[ ,:–-]+(\w+) or (\w+)\b",
         lambda found: f"{found[3]} vs {found[4]} {'slow' if found[1] == 'slower' else 'fast'}est average first reply "
         f"time"
         f"{found[2]}"),
        (r"(\brefunds?\b.*?)[ ,–—-]+(?:amount|money|value|euro|euros)[- ]?wise\b", r"\1 amount"),
        (r"[ ,–—-]+(revenue|sales|turnover|amount|money|value|units|volume|quantity|order|orders|rating|price)[- "
         r"]?wise\b",
         r" by \1"),
        (r"\bhow much (?:did|has|have|do|does) (.+?) (?:bring in|bring|pull in|make|earn|generate|take|contribute)\b"
         r"(?=.*\b(?:traffic|visits)\b)", r"how much \1"),
        (r"\bhow much traffic (?:did|does|has|have|do|came|comes|come) (?:from )?(\w+)(?: (?:bring in|bring|brought in|"
         r"brought|drive|driven|send|sent|generated?|deliver|delivered|give us))?\b", r"number of visits from \1"),
        (r"^(?:is|was|are|were) (?:our |the )?([\w -]+?) (?:higher|lower|bigger|better|worse|smaller|larger|greater|"
         r"more|"
         r"stronger) (?:in|for|from|with|among) (?:the )?([\w ]+?) or (?:in |for |from |with |among )?(?:the )?(\w+)\b",
         r"\1 in \2 vs \3"),
        (r"^are we (?:ahead|behind|up|down|better|worse)[^?]*\? *(?=\w)", ""),
        (r"\b(?:is|are|was|were)? ?(?:dragging|trailing|lagging|languishing|sitting)? ?(?:at|near) the (?:very )?bottom"
         r"(?: of the (?:list|ranking|table|pile))? (?:for|on|in|by|in terms of)\b", " has the lowest"),
        (r"\b(?:bigger|larger|greater|higher) than (?=[\d€$£])", "more than "),
        (r"\b(over|more than|above|at least|under|less than|below) ((?:[€$£] ?)?\d[\d,.]*k?(?: euros?| eur)?) in "
         r"(?:lifetime |total |overall )?(?:spend|spending|purchases)\b", r"total spend \1 \2"),
        (r"\bshipping money(?: (?:that )?we (?:took|take|made|earned|collected))?\b", "shipping revenue"),
        (r"\bwhat (?:sort|kind|amount|level|sum) of (?=(?:revenue|sales|turnover|money|takings)\b)", "what "),
        (r"\bwhat(?:'s| is| was) (?:an|the|our) average order worth\b|\b(?:the )?value of (?:our|the|an) average "
         r"order\b|"
         r"\baverage (?:value|amount|size) of (?:an?|our|the|each) order\b", "average order value"),
        (r"\baverage (?:value|amount|size) of (?:an?|our|the|each) refund\b", "average refund"),
        (r"\bhow long does (?:the |an? )?average (?:delivery|parcel|order) take(?: to (?:arrive|get there))?\b",
         "average delivery time"),
        (r"\bhow long (?:on average )?(?:until|till|before) (?:an? |the )?(complaint|ticket|case|question)s? (?:is|"
         r"are|gets?) "
         r"(?:resolved|closed|solved|sorted)(?: out)?\b(?: on average)?", r"average resolution time of \1s"),
        (r"^(?:is|was|are) (?:the )?(\w+) (?:quicker|faster|slower|better|worse|bigger|stronger) than (?:the "
         r")?(\w+)\?+ *(?=\w)",
         r"\1 vs \2 "),
        (r"^which (?:one )?is (?:bigger|larger|higher|better|stronger|smaller|lower) (?:in|by|on) (.+?), *(\w+) or "
         r"(\w+)\b",
         r"\2 vs \3 \1"),
        # tickets
        (r"\bassigned to (?:nobody|no one|no-one|no agent)\b", "unassigned"),
        (r"\bget(?:ting)? back to (?=customers|people|clients|them|tickets|someone)", "reply to "),
        (r"\b(to (?:first )?)(?:reply|respond) to (?:customers|people|clients|them|someone|a customer)\b", r"\1reply"),
        (r"\bhow (?:fast|quickly|soon|long) (?:do|did|does|are|have) (?:we|staff|agents|the team|they)(?: take to| "
         r"need to)? "
         r"(?:sort out|resolve|close|solve|fix|settle|handle|clear|wrap up|deal with)(?P<what>(?: \w+){0,3} "
         r"?(?:tickets?|complaints?|questions?|cases))", r"average resolution time of\g<what>"),
        (r"\bhow long (?:till|until|before|does it take (?:till|until|for|before)) (?:a |the |our |an )?(?:parcels?|"
         r"packages?|"
         r"orders?|deliver(?:y|ies)) (?:(?:to )?arrives?|gets? there|is delivered|are delivered|gets? delivered|to "
         r"get there)\b",
         "average delivery time"),
        (r"^are (?:our |the )?customers (?:in|from) (?:the )?(\w+) (?:happier|more satisfied|unhappier|less happy) "
         r"than "
         r"(?:those |the ones |customers |people )?(?:in|from) (?:the )?(\w+)\b\??(?:[ ,]*(?:average )?csat)?",
         r"csat in \1 vs \2"),
        (r"\bhow many stars (?:do|does|did|have) (?:our |the )?(.+?) (?:get|got|have|receive|score|average|earn)"
         r"(?: on average)?\b", r"average rating of \1"),
        (r"\bwhat (?:do|did) (?:people|customers|buyers|they|folks) (?:think|say|make) (?:of|about) (.+?)[ ,–-]+"
         r"(?:average |mean |the )?rating$", r"average rating of \1"),
        (r"\b(?:just|only) (?=(?:one|1|2) stars?\b)", ""),
        (r"\b(?:on the road|on the move|in the mail|in the post)\b", "in transit"),
        (r"\bwhat(?: does| do)? (\w+) (?:still )?(?:has|have|needs?) (?:still |left )?to (?:deal with|handle|answer|"
         r"work on|"
         r"resolve|do|take care of|look after|close)\b", r"open tickets of \1"),
        (r"\b(?:that |which )?(?:nobody|no one|no-one|noone|none of us|no agent)(?:'s)? (?:has |have )?(?:ever )?"
         r"(?:replied to|answered|responded to|got back to|replied)(?: yet| so far)?\b", "unanswered"),
        (r"\b(?:that |which )?(?:nobody|no one|no-one|noone) (?:has |have )?(?:taken on|picked up|claimed|taken|owns|"
         r"is on|is working on|has)(?: yet| so far)?\b", "unassigned"),
        (r"\bhow (?:fast|quickly|soon|long|promptly) (?:do|did|does|are|have) (?:we|staff|agents|the team|they)"
         r"(?: take to| need to| usually)? (?:answer|reply to|respond to|get back to|react to|answering)"
         r"(?P<what>(?: \w+){0,3} (?:tickets?|complaints?|questions?|cases))", r"average first reply time of\g<what>"),
        (r"\bhow long (?:(?:do|did|does|must|have) )?(?:our |the )?(?:folks|people|customers|clients|buyers|they|"
         r"users|shoppers)(?: have to)? "
         r"wait(?:ed)? (?:for|until|before) (?:a |an |the |their |our |they get a |we give a )?(?:first )?(?:answer|"
         r"reply|"
         r"response)(?: from us)?(?: (?:on|to|for|in) (?P<what>[\w ]+?tickets))?(?P<rest>.*?)"
         r"(?:,? (?:on )?average)?(?=[?.!]*$)",
         lambda found: f"average first reply time{' of ' + found['what'] if found['what'] else ''}{found['rest']}"),
        (r"\bhow long (?:do|did|does) (\w*complaints|(?:\w+ )?tickets|(?:\w+ )?questions|refund requests) (?:take|"
         r"need) to "
         r"(?:get |be )?(?:sorted|resolved|closed|solved|fixed|settled|handled|dealt with)(?: out)?\b(?: on average)?",
         r"average resolution time of \1"),
        (r"\bhow long (?:does|do|did) (\w+) (?:take|need)(?: on average)? to (?:deliver|get (?:it|them|parcels) there|"
         r"ship)\b(?: on average)?", r"average delivery time of \1"),
        (r"\b([1-5])[- ]?stars? (?:csat|satisfaction) (?:answers?|responses?|ratings?|scores?|replies)\b",
         r"tickets with csat \1"),
        (r"\bsupport (?:volume|load|traffic|workload)\b", "number of tickets"),
        (r"\bhandled(?= the (?:most|fewest|least) orders)", "has"),
        # products
        (r"\b(products|items|articles|skus|goods) where (?:we (?:only )?(?:have|hold)|there (?:are|is)|stock is) ",
         r"\1 with "),
        (r"\bmost (?:often|frequently) (?:left |found |sitting |put |lying )?in (?:people's |the |customers' "
         r")?(?:carts?|"
         r"baskets?)\b", "in the most carts"),
        (r"\b(?:top|main|biggest|number one|most common|most frequent|commonest) (?:refund|return) reason\b(?! for)",
         "top reasons by number of refunds"),
        (r"\b(?:have|has|had|got|get|with|having|of) (?:1|one) or 2 stars?\b", "with 2 stars or less"),
        (r"\b(?:have|has|had|got|get|with|having|of) 4 or 5 stars?\b", "with 4 stars or more"),
        (r"\b(because of|due to|for|by) late deliver(?:y|ies)\b", r"\1 late delivery"),
        (r"\b(worst|best|top|slowest|poorest) (\w+) sellers\b",
         lambda found: f"{found[2]} {'best' if found[1] == 'top' else found[1]} selling products"),
        (r"\b(cheapest|priciest|most expensive|dearest) (\d+) (?=\w)",
         r"\2 \1 "),
        (r"\bhow many (?:items|pieces|units|pcs)?(?: of them)? ?(?:are|is|do we have|have we got) left (?:of|for) ",
         "stock of "),
        (r"\bwhat are we (?:about to run|running|nearly|almost|close to running) out of\b", "products with low stock"),
        (r"\bwhat (?:have|did) we run out of\b", "products out of stock"),
        (r"\bhow many (?:different )?(\w+) (?:are|do we have|are there|do we carry|do we offer|do we list) in (?:the|"
         r"our) "
         r"(?:range|catalogue|catalog|assortment|lineup|line-up|portfolio)\b", r"number of products in \1"),
        (r"\b(?:lying |sitting |left |stored |held |kept |still )*(?:in|at) (?:the |our )?(?:warehouse|depot|storeroom|"
         r"stockroom|stock room|store room|back room)\b", "in stock"),
        (r"\b(?:items|pieces|units|stuff|pcs) left of (?=\w)|\bwhat(?:'s| is) left of (?=[a-z]+-?\d)", "stock of "),
        (r"\bscor(?:e|es|ed|ing) (?=(?:below|under|above|over|less than|more than|at least|at most)\b[^,]*\bstars?\b)",
         "rated "),
        (r"\b(?P<n>[1-5])[- ](?P<u>stars?) (?:or|and) (?:worse|lower|below|less|fewer|under)\b"
         r"(?: (?P<r>reviews?))?", r"\g<r> with \g<n> stars or less"),
        (r"\b(?P<n>[1-5])[- ](?P<u>stars?) (?:or|and) (?:better|higher|above|more|up)\b"
         r"(?: (?P<r>reviews?))?", r"\g<r> with \g<n> stars or more"),
        (r"\b(?:without|with no|have no|no|lacking|missing) (?:any |a |a single |one )?review\b", "unreviewed"),
        (r"\bthe (?:low|bad|poor) ones with\b", "with"), (r"\b(reviews[^,]*), (?:the )?(?:low|bad|poor|good) with\b",
         r"\1 with"),
        (r"\b(?:anything|what is|what's|are we|is anything) (?:sold out|out of stock)\?[ ,]*(?=\w)", ""),
        (r"\brunning (?:low|out)[ ,:–—-]+(?=(?:fewer|less|under|below|at most)\b)", "with stock "),
        (r"\b(?:low stock|low on stock|running low|running out)[ ,:–—-]+(?=(?:under|below|fewer than|less than|at "
         r"most) \d)",
         "stock "),
        (r"(?<=with stock )((?:fewer than|less than|under|below|at most) \d+)(?: (?:left|units|pieces|in stock))+",
         r"\1"),
        (r"\bwhat (?:products|items|articles|goods) (?:is|was|are|were) (?=in order)", "what is "),
        (r"\b(?:sit|sits|are|is|lie|end up|land|found) in (?:the |people's |customers' )?(?:carts?|baskets?) (?:the "
         r")?most"
         r"(?: often| frequently)?\b", "are in the most carts"),
        (r"\bwhat (?:do|have) we (?:still )?(?:have |got )?(fewer than|less than|under|more than|over|at most) (\d+) "
         r"(?:pieces |"
         r"units )?(?:of )?(?:left )?(?:in stock|left)\b", r"products with stock \1 \2"),
        (r"^(?:the )?(?:refund|return) reasons\b(?! by)", "refunds by reason"),
        (r"\b(?:cost|costs|costing|priced(?: at)?|go for|goes for|sell for|sells for|retail for|retails for) "
         r"(?=(?:over|more than|above|under|less than|below|between|at least|at most|up to) ?[€$£]? ?\d)",
         "with price "),
        (r"\b(?!products|items|articles|skus|goods|that|which|orders?|anything|something|things)(\w+) (?:that |which "
         r")?with price "
         r"(?=over|more|above|under|less|below|between|at|up)", r"\1 products with price "),
        (r"\bwith (?=[\w-]+ in (?:the |a |their )?(?:cart|basket)s?\b)", "who have "),
        (r"(?<=[a-z])(?<!value)(?<!units)(?<!worth)(?<!items) in (?=(?:cart|basket)s?\b)", " in their "),
        (r"(?<=recency score of \d and )frequency (?:score )?(?:of |is |= ?)?([1-5])\b", r"f score \1"),
        (r"\brfm (?=(?:recency|frequency|monetary) score)", ""),
        (r"\b(?:one[- ]and[- ]done|one[- ]hit|one[- ]order) (buyers|customers|shoppers)\b", r"\1 with exactly one "
         r"order"),
        (r"\brfm segments? (?:split|breakdown|distribution|sizes?|counts?|mix) (?:for|in|of)\b", "customers by "
         "segment in"),
        (r"\b(?:the )?(?:rfm )?segment sizes\b", "customers by segment"),
        (r"^where (?:do|does|are) (?:our |the |all our |most of our )?(.+?) (?:live|living|come from|sit|reside|"
         r"based)[, ]+by "
         r"(city|country)\b", r"\1 by \2"),
        (r"\b(?:a |an |the )?(?:full |quick |short |brief )?(?:rundown|run-down|overview|summary|snapshot|round-up|"
         r"roundup|recap|"
         r"readout|read-out) (?:of|on)\b", ""),
        (r"\b(lowest|worst|best|top|highest)[- ]rated (\d+) (?=\w)", r"\2 \1 rated "),
        (r"\bhighest[- ]priced\b", "most expensive"), (r"\blowest[- ]priced\b", "cheapest"),
        (r"\b(newest|latest|most recent|oldest|last) ((?:\d+ )?)complaints\b", r"\1 \2complaint tickets"),
        (r"\blast (\d+) (?:people|customers|clients|users) (?:to|who|that) (?:have )?(?:sign|signed|register|"
         r"registered|"
         r"join|joined)(?: up)?\b", r"newest \1 customers"),
        (r"\b(?:main|top|biggest|most common|most frequent) reasons? (?:why |that |for which )?(?:people|customers|"
         r"they|buyers) "
         r"(?:return|refund|send back|sent back|returned)\b", "top reasons by number of refunds for"),
        (r"\b(for|because of|due to|of) (damaged|broken) (?:items|products|articles|parcels|things|goods)\b", r"\1 \2"),
        # how it is cut
        (r"^(?:please )?(?:break|split|slice|cut|chop|divide|carve|dice|separate)(?: up| down| out)? "
         r"(?!by\b)(?P<what>[^,]+?)"
         r"(?: up| down| out)? (?:by|per|into|across|along|according to) (?:the |each )?", r"\g<what> by "),
        (r"\b(?:sliced|cut|chopped|broken out|broken up|carved up|separated out|segmented|itemi[sz]ed|listed out|laid "
         r"out|"
         r"shown|given|plotted|drilled down) (?:by|per)\b", "by"),
        (r"\bside by side(?: with)?\b", "vs"),
        (r"^(?:please )?(?:put|set|line up|lay|place|stack|hold|pit|stand|match)(?: up)? (?P<a>.+?) (?:next to|beside|"
         r"alongside(?: of)?|vs|up against|against|over against|head to head with|in relation to|against that of) "
         r"(?P<b>.+)$", r"\g<a> vs \g<b>"),
        (r"^(?:please )?(?:put|set|line up|lay|place|stack|hold|pit|stand|match)(?: up)? (?P<a>.+?) and (?P<b>.+?) "
         r"(?:next to (?:each other|one another)|vs|up against (?:each other|one another)|together|up)$",
         r"\g<a> vs \g<b>"),
        (r"^(?:please )?(?:add|sum|tot|total|tally)(?: up| together)? (?:all |all of )?(?:the |our )?(?P<a>.+?)"
         r"(?: together| up| combined| in total)?(?=[?.!]*$)", r"total \g<a>"),
        (rf"^(?:please )?(?:count|count up|tally up|tally)(?: up)? (?:all )?(?:the |our )?(?={_COUNTED}\b)", "number "
         "of "),
        # times
        (r"\b(?P<did>signed up|registered|joined|(?:orders|tickets|complaints|reviews) (?:placed|opened|created|"
         r"written)) "
         r"(?:more than|over|longer than) (?P<n>an?|one|\d+) (?P<unit>days?|weeks?|months?|years?) ago\b",
         lambda found: f"{found['did']} older than {found['n'] if found['n'].isdigit() else 1} {found['unit']}"),
        (r"\b([1-4])(?:st|nd|rd|th) quarter\b", r"q\1"),
        (r"(?<!end )(?<!beginning )(?<!start )(?<!day )(?<!month )(?<!time )(?<!half )(?<!quarter )(?<!rest )\bof the "
         r"(year|"
         r"month|quarter)(?=$|[?.,!])", r"this \1"),
        (r"\b(?:the )?(?:past|last) fortnight\b", "last 14 days"),
        (rf"\b(?:since|from) (?:the )?(?:very )?(?:beginning|start|first day|turn|opening) of (?:the|this|our) "
         rf"{_UNIT}\b"
         r"(?:(?: up)? (?:to|until|till) (?:now|today|date))?", r"this \g<unit>"),
        (rf"\b(?:so far|up to now|to date) (?:in )?(?:this|the) {_UNIT}\b|\b(?:the|this) "
         rf"{_UNIT.replace('unit', 'other')} "
         r"(?:so far|to date|up to now|until now|till now)\b",
         lambda found: f"this {found['unit'] or found['other']}"),
        (rf"\bearlier (?:in )?this {_UNIT}\b", r"this \g<unit>"),
        (r"\b(last|past|previous) (?:couple|pair) (?:of )?(?=(?:days|weeks|months|quarters|years)\b)", r"\1 2 "),
        (rf"\b(?:the )?last (?:full|complete|whole|entire|calendar|finished|completed) {_UNIT}\b", r"last \g<unit>"),
        (rf"\b(?:the )?(?:whole|entire|full|complete|all) (?:of )?(?:the )?(?P<when>(?:this|last) (?:{_UNIT})|\d{{4}}|"
         rf"q[1-4])\b",
         r"\g<when>"),
        (r"(?<!hand )(?<!handed )(?<!give )(?<!given )(?<!gave )(?<!pay )(?<!paid )(?<!sent )(?<!send )(?<!came "
         r")(?<!come )"
         r"(?<!went )(?<!go )(?<!got )(?<!get )\bback in (?=(?:january|february|march|april|may|june|july|august|"
         r"september|october|november|december|\d{4}|"
         r"q[1-4]|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)\b)", "in "),
        (r"\b(?:till|until|til|to|through) (?:the )?end of (?=(?:january|february|march|april|may|june|july|august|"
         r"september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec|q[1-4]|last)\b)", "until "),
        (r"\b(\d{4}),? (?:inclusive|incl\.?|included)\b|\((?:inclusive|incl\.?)\)", r"\1"),
        (rf"(?<!from )(?<!between )(?<![\d,.] )\b(\d{{1,2}})(?:st|nd|rd|th)? ?(?:to|-|–|until|till|through) "
         rf"?(\d{{1,2}})(?:st|nd|rd|th)? "
         rf"(?:of )?({MONTH})( \d{{4}})?\b", lambda found: f"from {found[1]} {found[3]}{found[4] or ''} to "
         f"{found[2]} {found[3]}"
         f"{found[4] or ''}"),
        (r"\b(last|past) (\d+) (days|weeks|months),? (?:i mean|i\.?e\.?|that is|so|meaning),? (?:the )?(?:last|past) "
         r"\2 \3\b",
         r"\1 \2 \3"),
        (r"(?<!open )(?<!waiting )(?<!unanswered )\bfor (?:at least )?(\d+) (days|weeks|months)(?: or (?:more|longer|"
         r"over)| and "
         r"(?:over|more|up|longer)|\+)", r"for \1 \2"),
        (r"\bus[- ]dollars?\b", "usd"),
        (r"\b(?:british pounds?|pounds? sterling|sterling(?! silver))\b", "gbp"), (r"\bswiss francs?\b", "chf"),
        (r"\b(?:the )?last half (?:a )?year,? \(?(?:i\.?e\.? )?(?:the )?(?:last )?6 months\)?", "last 6 months"),
        (r"\b(?:over |in )?the past (?:year|12 months),? (?:i\.?e\.?|that is|meaning|i mean),? (?:the )?last 12 months",
         "last 12 months"),
        (r"\bwithin (?=(?:the )?(?:last|past)\b)", "in "),
        # small words
        (r"\b(how (?:long|fast|much|many|quickly|often|soon)\b[^?]*?) (?:usually|normally|typically|generally)\b",
         r"\1"),
        (r"\b(?:on|in) (?:our |the )?(?:file|files|record|records|books|system|database)\b(?! of)", ""),
        (r"\bin (?:our|the) (?:catalogue|catalog|assortment|lineup|line-up|portfolio|shop|store|webshop|offer|"
         r"offering)\b",
         ""),
        (r"\b(?:top|number) (one|1) (?=(?:product|customer|country|city|category|agent|carrier))", "number one "),
        (r"\b(?:top|the) (\d+) is (?:fine|enough|plenty|ok)\b", r"top \1"),
        (r"\b(?:residing|resident|based out of|hailing|housed)(?= (?:in|from))", ""),
        (r"\bplease to tell me\b|\bsay me\b", ""),
        (r"\b(?:for|of) what it'?s worth\b|\bas far as (?:you|we) (?:know|can tell)\b|\bif you ask me\b|\bto be "
         r"honest\b|"
         r"\bby the way\b|\bin fact\b|\bas it were\b|\bso to speak\b|\bat the end of the day\b|\ball in all\b|\bby "
         r"and large\b|"
         r"\ball things considered\b|\bas a matter of fact\b|\bneedless to say\b|\bin general\b|\bgenerally speaking\b|"
         r"\bin your opinion\b|\bmore or less\b(?! than)|\bin all honesty\b|\bas such\b", ""),
        # what is said beside an amount, a rank, a basket, a stock
        (rf"\bworth (?={_AMOUNT})", ""),
        (r"\b(biggest|largest|highest|smallest|lowest|cheapest) single (?=order|refund|purchase)", r"\1 "),
        (r"\b(?:(?P<n>\d+) )?(?:top|highest|best)[- ](?:grossing|earning) (?P<what>\w+)",
         lambda found: f"top {found['n'] or ''} {found['what']} by revenue"),
        (r"\bstock (?:do )?we (?:hold|keep|carry|have)\b", "stock"),
        (r"(?<!stuff )(?<!thing )(?<!items )\b(?:sitting|lying|waiting|left|stuck|parked)(?: around)? in "
         r"(?:their|the|an?) (?:open |shopping )?(cart|basket)s?\b", r"in their \1"),
        (r"\bdamaged[- ]goods refunds\b", "refunds for damaged goods"),
        (rf"^(?:the )?(?:top )?(?P<n>\d+)? ?{_PERSON} (?:whom |that )?we(?: have|'ve)? refunded the most"
         r"(?: money)?(?: to)?", lambda found: f"top {found['n'] or '10'} customers by refund amount"),
        (r"\b(first|last)[- ]ever\b", r"\1"),
        (rf"\bwith (\d+) (?:to|-|–) (\d+) (?={_COUNTED})", r"with between \1 and \2 "),
        (r"\ba ticket open\b", "an open ticket"),
        (r"\bat (?:some|any) point\b", ""),
        (r"\b((?:expected|predicted|future) (?:value|spend)) (?:over|in|for|during) the (?:next|coming) "
         r"(?:12 months|year)\b", r"\1"),
    )
)  # fmt: skip


def spoken(text: str) -> str:
    """A normalised text with what is said in such ways said in the reader's words.

    >>> spoken("which 3 germans have splashed out the most since the start of the year")
    'which 3 german customers have spent the most this year'
    """
    return " ".join(replaced(text, _IDIOMS).split())
