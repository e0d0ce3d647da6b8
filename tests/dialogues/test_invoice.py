"""Send me the invoice: the shop's own PDF, in the chat."""

from tests.dialogues.rehearsal import Customer, Rehearsal
from tests.dialogues.shop import linked


def documents(desk: Rehearsal, person: Customer) -> list[bytes]:
    """The files that a customer was sent."""
    files = [file for told in desk.sent_to(person.chat.chat) for file in told.files]
    return [desk.run(desk.app.delivery.fetch(file)) for file in files]


def test_the_invoice_of_the_only_order_comes_at_once(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="delivered")
    ada.says("please send me the invoice")
    assert ada.screen[-2:] == ["Here is the invoice of order NT-1.", "invoice-NT-1.pdf"]
    (pdf,) = documents(desk, ada)
    assert pdf.startswith(b"%PDF-")
    assert desk.cards() == []


def test_a_customer_with_several_orders_chooses_in_french(desk: Rehearsal) -> None:
    ada = linked(desk, language="fr", NT_1="paid", NT_2="delivered")
    ada.says("Je voudrais la facture")
    ada.sees("De quelle commande voulez-vous la facture ?")
    ada.presses("NT-2")
    ada.sees("Voici la facture de la commande NT-2.")
    assert len(documents(desk, ada)) == 1


def test_an_order_named_at_once_is_not_asked_for(desk: Rehearsal) -> None:
    ada = linked(desk, NT_10001="paid", NT_10002="delivered")
    ada.says("I need an invoice for order NT-10001")
    ada.sees("Here is the invoice of order NT-10001.")


def test_never_mind_sends_nothing(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="paid", NT_2="paid")
    ada.says("please send me the invoice")
    ada.presses("Never mind")
    ada.presses("NT-1")
    assert ada.screen[-1].startswith("That button no longer works")
    assert documents(desk, ada) == []


def test_two_misunderstandings_bring_a_person(desk: Rehearsal) -> None:
    ada, maya = linked(desk, NT_1="paid", NT_2="paid"), desk.staff("Maya")
    photo = desk.run(desk.app.console.keep_file("box.png", "image/png", b"\x89PNG"))
    ada.says("please send me the invoice")
    ada.says("", photo)
    ada.says("the one in the picture")
    maya.sees("the one in the picture")


def test_nobody_gets_the_invoice_of_somebody_else(desk: Rehearsal) -> None:
    linked(desk, "Bob", NT_90000="paid")
    eve, maya = desk.customer("Eve"), desk.staff("Maya")
    eve.says("please send me the invoice of order NT-90000")
    maya.sees("invoice of order NT-90000")
    ada = linked(desk, NT_1="paid", NT_2="paid")
    ada.says("please send me the invoice")
    asked = desk.sent_to("ada")[-1].buttons[0].ref.partition(":")[0]
    desk.run(desk.app.console.press(ada.chat, "", "flow", f"{asked}:1"))
    assert documents(desk, eve) == documents(desk, ada) == []


def test_who_asks_again_after_the_invoice_came_gets_a_person(desk: Rehearsal) -> None:
    ada, maya = linked(desk, NT_1="paid"), desk.staff("Maya")
    ada.says("please send me the invoice")
    ada.says("I need the invoice made out to my company")
    maya.sees("made out to my company")
    maya.sees("Here is the invoice of order NT-1.")
    assert len(documents(desk, ada)) == 1
