"""A customer's photo of a parcel that had a hard way: drawn, so that nobody's picture is used."""

from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import ImageDraw

SIZE: Final = (960, 720)
_TABLE, _SHADOW = (201, 188, 168), (168, 152, 130)
_FRONT, _SIDE, _TOP, _INSIDE = (190, 146, 96), (160, 119, 74), (210, 168, 118), (78, 56, 36)
_TAPE, _LABEL, _INK = (226, 205, 160), (246, 244, 238), (60, 60, 62)


def torn_box() -> bytes:
    """A PNG of a dented carton, torn open at its front."""
    from PIL import Image, ImageDraw, ImageFilter

    random = Random(5)
    image = Image.new("RGB", SIZE, _TABLE)
    draw = ImageDraw.Draw(image)
    for _ in range(180):  # the grain of the table
        x, y = random.randrange(SIZE[0]), random.randrange(SIZE[1])
        draw.line((x, y, x + random.randint(60, 260), y + random.randint(-2, 2)), fill=(193, 179, 158), width=2)
    draw.polygon([(190, 610), (700, 640), (860, 560), (860, 520), (200, 560)], fill=_SHADOW)
    draw.polygon([(200, 260), (640, 290), (640, 630), (212, 590)], fill=_FRONT)
    draw.polygon([(640, 290), (810, 215), (800, 520), (640, 630)], fill=_SIDE)
    # one corner is pressed in
    draw.polygon([(200, 260), (330, 190), (560, 205), (810, 215), (640, 290)], fill=_TOP)
    draw.polygon([(200, 260), (262, 232), (286, 300), (228, 330)], fill=(172, 130, 84))
    draw.line([(200, 260), (262, 306), (286, 300), (330, 190)], fill=_SIDE, width=4)
    draw.polygon([(415, 196), (470, 200), (450, 280), (392, 274)], fill=_TAPE)
    draw.polygon([(392, 274), (450, 280), (450, 360), (392, 352)], fill=_TAPE)
    _label(draw)
    tear = [(470, 400), (500, 372), (523, 392), (552, 350), (571, 388), (600, 372), (592, 420), (617, 450), (586, 478)]
    tear += [(598, 520), (560, 508), (541, 548), (517, 505), (482, 520), (496, 470), (462, 450)]
    draw.polygon(tear, fill=_INSIDE)
    draw.line([*tear, tear[0]], fill=(226, 196, 152), width=6)
    draw.polygon([(571, 388), (600, 372), (640, 352), (628, 400)], fill=_TOP)
    draw.line([(532, 548), (540, 600)], fill=_SIDE, width=5)
    draw.line([(617, 450), (640, 462)], fill=_SIDE, width=5)
    soft = image.filter(ImageFilter.GaussianBlur(1.1))
    written = BytesIO()
    soft.save(written, "PNG", optimize=True)
    return written.getvalue()


def _label(draw: "ImageDraw.ImageDraw") -> None:
    """The address label, too far away to be read."""
    draw.polygon([(245, 400), (425, 412), (425, 520), (250, 506)], fill=_LABEL)
    for row in range(3):
        draw.line((262, 424 + 16 * row, 350 - 14 * row, 430 + 16 * row), fill=_INK, width=4)
    for bar in range(22):
        x = 262 + 7 * bar
        draw.line((x, 474 + bar // 2, x, 496 + bar // 2), fill=_INK, width=2 + bar * 7 % 3)
