"""Fixes for S3."""

from ministack.services import s3


def refuse_strangers() -> None:
    """Requests without a signature may do everything. All buckets of this project are private."""
    verify = s3._verify_presigned_sigv4

    def verify_all(method, path, headers, query):
        signed = headers.get("authorization") or s3._qp(query, "X-Amz-Signature", "")
        if not signed and method != "OPTIONS":
            return s3._error("AccessDenied", "Access Denied", 403, path)
        return verify(method, path, headers, query)

    s3._verify_presigned_sigv4 = verify_all
