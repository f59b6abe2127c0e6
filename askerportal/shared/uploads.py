"""How uploaded files are taken in: to disk, never to memory, and no more of them than a form can want."""

import contextlib
import io

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class DiskUploadHandler(FileUploadHandler):
    """Writes each file to a temporary one, up to UPLOAD_LARGEST bytes and UPLOAD_MOST files a request.

    What goes beyond is read and dropped, so that the form can say so at its field and keep the
    rest. An uploaded file's `size` is the whole size that was sent; `is_skipped` tells a file too
    many, `is_unwritten` one for which the disk had no room.
    """

    def __init__(self, request=None):
        super().__init__(request)
        self.count = 0
        self.current = None

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.count += 1
        skipped = self.count > settings.UPLOAD_MOST
        try:
            if skipped:
                self.current = self._nothing()
            else:
                self.current = TemporaryUploadedFile(self.file_name, self.content_type, 0, self.charset)
            self.current.is_unwritten = False
        except OSError:
            self._give_up()
        self.current.is_skipped = skipped

    def receive_data_chunk(self, raw_data, start):
        fits = start + len(raw_data) <= settings.UPLOAD_LARGEST
        if fits and not (self.current.is_skipped or self.current.is_unwritten):
            try:
                self.current.write(raw_data)
                self.current.flush()
            except OSError:
                self._give_up()

    def file_complete(self, file_size):
        self.current.size = file_size
        self.current.seek(0)
        return self.current

    def _nothing(self):
        return UploadedFile(io.BytesIO(), self.file_name, self.content_type, 0, self.charset)

    def _give_up(self):
        """The disk has no room: keep the name, so that the form can tell which file it was."""
        if self.current is not None:
            with contextlib.suppress(OSError):
                self.current.close()
        self.current = self._nothing()
        self.current.is_skipped, self.current.is_unwritten = False, True
