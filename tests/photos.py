"""Image files to test with, made by Pillow as phones and strangers make them."""

import io
import struct
import zlib

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

ASKER = (59.8331, 10.4392)
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def scene(width=320, height=240, mode="RGB"):
    """A picture whose top left corner is red, the rest grey: one sees which way is up."""
    image = Image.new("RGB", (width, height), "grey")
    image.paste("red", (0, 0, width // 2, height // 2))
    return image.convert(mode)


def noise(width, height, strength=60):
    """A picture that compresses badly, as real ones do."""
    return Image.effect_noise((width, height), strength).convert("RGB")


def packed(image, form, **options):
    """The file of an image, as bytes."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def exif(lat=None, lon=None, orientation=1):
    """EXIF as a phone writes it."""
    found = Image.Exif()
    found[MAKE] = "Hemmelig kamera"
    found[ORIENTATION] = orientation
    if lat is not None:
        found.get_ifd(GPS).update({1: "N", 2: parts(lat), 3: "E", 4: parts(lon)})
    return found


def parts(degrees):
    """Degrees, minutes and seconds."""
    minutes = (degrees % 1) * 60
    return (int(degrees), int(minutes), round((minutes % 1) * 60, 3))


def jpeg(image=None, **options):
    return packed(image or scene(), "JPEG", **options)


def from_phone(lat=ASKER[0], lon=ASKER[1], **options):
    """A JPEG that tells where, with what, and more."""
    return jpeg(
        exif=exif(lat, lon),
        comment=b"hemmelig kommentar",
        xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>hemmelig xmp</x:xmpmeta>",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        **options,
    )


def heic(image=None, **options):
    import pillow_heif

    pillow_heif.register_heif_opener()
    return packed(image or scene(), "HEIF", **options)


def mpo():
    return packed(scene(), "MPO", save_all=True, append_images=[scene().rotate(90)])


def png_with_text():
    text = PngInfo()
    text.add_text("Comment", "hemmelig kommentar")
    return packed(scene(), "PNG", pnginfo=text, exif=exif(*ASKER))


def png_claiming(width, height):
    """A small PNG that says it is huge, and holds a few rows of zeros."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def png_with_bomb_in_text():
    """A PNG whose compressed text swells to 200 MB."""
    plain = packed(scene(), "PNG")
    body = b"Comment\x00\x00" + zlib.compress(bytes(200_000_000), 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    return plain[:33] + chunk + plain[33:]
