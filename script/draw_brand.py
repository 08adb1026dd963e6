"""Draw the pictures of Music Locker: a locker's door with a note on it, and the same beside its name.

Run with the test environment's Python; it writes custom_components/music_locker/brand/*.png anew.
"""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FOLDER = Path(__file__).parent.parent / "custom_components" / "music_locker" / "brand"
NAME = "Music Locker"
SMOOTH = 4  # drawn so many times larger, then made smaller

type Colour = tuple[int, int, int, int]


@dataclass(frozen=True)
class Palette:
    """Name the colours for one background."""

    door: Colour
    slot: Colour
    note: Colour
    text: Colour


LIGHT = Palette(door=(0, 108, 126, 255), slot=(0, 78, 94, 255), note=(255, 255, 255, 255), text=(20, 48, 56, 255))
DARK = Palette(door=(64, 186, 205, 255), slot=(30, 140, 160, 255), note=(12, 34, 40, 255), text=(236, 246, 248, 255))


def draw_mark(size: int, palette: Palette) -> Image.Image:
    """Return the mark, ``size`` pixels square."""
    scale = size * SMOOTH / 64  # the mark is laid out on 64 by 64
    image = Image.new("RGBA", (size * SMOOTH, size * SMOOTH))
    pen = ImageDraw.Draw(image)

    def box(*corners: float) -> list[float]:
        return [corner * scale for corner in corners]

    pen.rounded_rectangle(box(9, 2, 55, 62), radius=7 * scale, fill=palette.door)
    for top in (8, 12.5, 17):
        pen.rounded_rectangle(box(20, top, 44, top + 2.2), radius=1.1 * scale, fill=palette.slot)
    for top in (30, 44):  # hinges
        pen.rounded_rectangle(box(9, top, 11.5, top + 6), radius=scale, fill=palette.slot)
    pen.ellipse(box(19, 44, 31, 54), fill=palette.note)
    pen.rectangle(box(28, 28, 31, 49), fill=palette.note)
    pen.ellipse(box(34, 41, 46, 51), fill=palette.note)
    pen.rectangle(box(43, 24, 46, 46), fill=palette.note)
    pen.polygon(box(28, 27, 46, 22, 46, 29, 28, 34), fill=palette.note)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def draw_logo(height: int, palette: Palette) -> Image.Image:
    """Return the mark beside the name, ``height`` pixels high, without empty columns at its ends."""
    mark = draw_mark(height, palette)
    font = ImageFont.load_default(height * 0.42)
    left, top, right, bottom = font.getbbox(NAME)
    image = Image.new("RGBA", (int(height * 1.02 + right - left), height))
    image.alpha_composite(mark)
    place = (height - left, (height - (bottom - top)) / 2 - top)
    ImageDraw.Draw(image).text(place, NAME, font=font, fill=palette.text)
    first_column, *_ = image.getbbox() or (0,)
    return image.crop((first_column, 0, image.width, height))


def main() -> None:
    """Write all pictures."""
    FOLDER.mkdir(exist_ok=True)
    for prefix, palette in (("", LIGHT), ("dark_", DARK)):
        for suffix, factor in (("", 1), ("@2x", 2)):
            draw_mark(256 * factor, palette).save(FOLDER / f"{prefix}icon{suffix}.png", optimize=True)
            draw_logo(128 * factor, palette).save(FOLDER / f"{prefix}logo{suffix}.png", optimize=True)


if __name__ == "__main__":
    main()
