"""S3-compatible storage that gives up in time. Imported only where the settings name it: boto3 is large."""

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from storages.backends.s3 import S3Storage


class PatientS3Storage(S3Storage):
    """django-storages' S3, with time-outs that a citizen can wait for, and without AWS's own extras."""

    def get_default_settings(self):
        return super().get_default_settings() | {
            "client_config": Config(
                connect_timeout=3,
                read_timeout=10,
                retries={"total_max_attempts": 2},
                s3={"addressing_style": "path"},
                # Checksums in trailers are AWS's; other services refuse them.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            "file_overwrite": True,  # the names are random: none is there before
            "default_acl": None,  # the bucket's own: private
            "max_memory_size": 4_000_000,
            "transfer_config": TransferConfig(use_threads=False),
        }
