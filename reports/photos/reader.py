"""Makes a clean JPEG of a stranger's image. Runs as a process of its own, which knows nothing and may little.

`reading.py` starts it: the image comes on standard input (a file), the JPEG goes to standard
output, and the last line on standard error is JSON: {"width", "height", "lat", "lon"}, or {"error"}.
It imports nothing of the portal and gets an empty environment; what a decoder's flaw could reach is
one image, and a decoder that eats or crashes takes nothing with it.
"""

import contextlib
import errno
import importlib
import io
import json
import resource
import sys
import warnings

from PIL import Image, ImageCms, ImageOps

MOST_PIXELS = 110_000_000
LONGEST_SIDE = 2560
QUALITY = 85
MEMORY = 1_000_000_000  # bytes of addresses
SECONDS = 10  # of CPU
LONGEST_FILE = 20_000_000  # bytes of what is written
# Brands of an ISO media file that holds HEVC pictures (ISO/IEC 23008-12).
HEIC = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
ORIENTATION, GPS = 0x0112, 0x8825
NORTH_REF, NORTH, EAST_REF, EAST = 1, 2, 3, 4


class Refused(Exception):
    """The image cannot be taken; its text is the word that photos.field has a sentence for."""


def main():
    limit()
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        facts = clean(sys.stdin.buffer, sys.stdout.buffer)
    except Refused as refused:
        facts = {"error": str(refused)}
    except MemoryError:
        facts = {"error": "pixels"}
    except OSError as error:
        facts = {"error": "away" if error.errno == errno.ENOSPC else "broken"}
    except Exception:  # Decoders raise what they like: OSError, ValueError, SyntaxError, struct.error …
        facts = {"error": "broken"}
    print(f"\n{json.dumps(facts)}", file=sys.stderr)


def limit():
    """Give up what is not needed before anything is read."""
    for what, most in [
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LONGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ]:
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def clean(source, target):
    """Write the upright, smaller JPEG without anything but pixels; the facts. Raises Refused."""
    image = opened(source)
    if image.width * image.height > MOST_PIXELS:
        raise Refused("pixels")
    exif = image.getexif()
    place = position(exif)
    turned = exif.get(ORIENTATION, 1)
    # JPEG's own scaling: a picture of 48 megapixels is decoded as one of 12 or 3.
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    image = upright(in_srgb(smaller(image)), turned)
    image.info = {}  # Pillow would carry comments, profiles and XMP over
    image.save(target, "JPEG", quality=QUALITY, optimize=True)
    target.flush()
    return {"width": image.width, "height": image.height} | place


def opened(source):
    """The image, its header read. Raises Refused: empty, kind, pixels or broken."""
    head = source.read(32)
    source.seek(0)
    if not head:
        raise Refused("empty")
    try:
        return Image.open(source, formats=[format_of(head)])
    except Image.DecompressionBombError:
        raise Refused("pixels") from None


def format_of(head):
    """The one decoder for a file that starts like this, loaded; a JPEG's takes MPO too. Raises Refused."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        importlib.import_module("PIL.WebPImagePlugin")
        return "WEBP"
    if head[4:8] == b"ftyp" and head[8:12] in HEIC:
        importlib.import_module("pi_heif").register_heif_opener(thumbnails=False)
        return "HEIF"
    raise Refused("kind")


def smaller(image):
    """Within LONGEST_SIDE; 8 bits a channel; what is see-through stands on white."""
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("P", "1", "PA"):
        image = image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    elif image.mode in ("L", "RGB") and "transparency" in image.info:
        image = image.convert("RGBA")
    kept = image.info.get("icc_profile")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if image.mode in ("RGBA", "LA"):
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image.convert("RGBA"))
        image = ground.convert("RGB")
    image.info = {"icc_profile": kept} if kept else {}
    return image


def in_srgb(image):
    """The colours as the web shows them; a profile that cannot be used is left aside."""
    profile = image.info.get("icc_profile")
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return image.convert("RGB")


def upright(image, turned):
    """Turned as EXIF's orientation says (1 to 8)."""
    image.info = {}
    image.getexif()[ORIENTATION] = turned if turned in range(1, 9) else 1
    return ImageOps.exif_transpose(image)


def position(exif):
    """Where the picture was taken, as {"lat", "lon"} in degrees; both None when it says none."""
    nowhere = {"lat": None, "lon": None}
    try:
        gps = exif.get_ifd(GPS)
        lat = degrees(gps[NORTH], gps.get(NORTH_REF, "N") in ("S", b"S"))
        lon = degrees(gps[EAST], gps.get(EAST_REF, "E") in ("W", b"W"))
    except Exception:  # EXIF is whatever somebody wrote there; a place is only an offer.
        return nowhere
    return {"lat": lat, "lon": lon} if abs(lat) <= 90 and abs(lon) <= 180 and (lat or lon) else nowhere


def degrees(parts, negative):
    """Degrees, minutes and seconds as one number."""
    whole, minutes, seconds = (float(part) for part in parts)
    value = round(whole + minutes / 60 + seconds / 3600, 6)
    return -value if negative else value


if __name__ == "__main__":
    main()
