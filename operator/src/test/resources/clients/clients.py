"""What clients do with a tenant's key and bucket, tried with boto3 and the AWS CLI: one line for each, "name: ok" or what went wrong.

Arguments: the bucket, another tenant's, an origin that may use the bucket, a folder for files. The key, the region, the endpoint and
the certificate authority stand in the environment, as the AWS SDKs name them.
"""

import base64
import hashlib
import os
import ssl
import subprocess
import sys
import traceback
import urllib.error
import urllib.request

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import ClientError

BUCKET, OTHER, ORIGIN, FOLDER = sys.argv[1:]
PART = 5 << 20
TRUSTED = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
AWS = os.path.join(os.path.dirname(sys.executable), "aws")

# Presigned URLs of boto3 are of signature version 2 unless it is told otherwise; those of other clients are of version 4.
SIGNERS = boto3.client("s3"), boto3.client("s3", config=Config(signature_version="s3v4"))
s3 = SIGNERS[0]


def put(key, body=b"0123456789", **more):
    return s3.put_object(Bucket=BUCKET, Key=key, Body=body, **more)


def get(key, **more):
    return s3.get_object(Bucket=BUCKET, Key=key, **more)["Body"].read()


def same(got, wanted):
    assert got == wanted, f"{got!r} instead of {wanted!r}"


def refused(status, call):
    try:
        call()
    except ClientError as e:
        same(e.response["ResponseMetadata"]["HTTPStatusCode"], status)
    else:
        raise AssertionError(f"not refused with {status}")


def http(method, url, body=None, **headers):
    """Status, headers and body of what a browser or curl would send."""
    request = urllib.request.Request(url, body, {k.replace("_", "-"): v for k, v in headers.items()}, method=method)
    try:
        with urllib.request.urlopen(request, context=TRUSTED) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as e:
        return e.code, e.headers, e.read()


def presigned(operation, key, signer=s3, **more):
    return signer.generate_presigned_url(operation, Params={"Bucket": BUCKET, "Key": key, **more}, ExpiresIn=60)


def aws(*arguments):
    done = subprocess.run([AWS, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr.strip()}"
    return done.stdout


def file(name, size):
    path = os.path.join(FOLDER, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(os.urandom(size))
    return path


def content(path):
    with open(path, "rb") as f:
        return f.read()


def tags():
    put("tagged", Tagging="kind=letter&year=2026")
    wanted = [{"Key": "kind", "Value": "letter"}, {"Key": "year", "Value": "2026"}]
    same(sorted(s3.get_object_tagging(Bucket=BUCKET, Key="tagged")["TagSet"], key=lambda tag: tag["Key"]), wanted)
    s3.put_object_tagging(Bucket=BUCKET, Key="tagged", Tagging={"TagSet": wanted[:1]})
    same(s3.get_object_tagging(Bucket=BUCKET, Key="tagged")["TagSet"], wanted[:1])


def acl_private():
    put("private", ACL="private")
    s3.copy_object(Bucket=BUCKET, Key="copied", CopySource={"Bucket": BUCKET, "Key": "private"}, ACL="private")
    same(http("GET", f"{s3.meta.endpoint_url}/{BUCKET}/private")[0], 403)


def acl_bucket_owner_full_control():
    put("owners", ACL="bucket-owner-full-control")
    same(get("owners"), b"0123456789")


def versions():
    same(s3.get_bucket_versioning(Bucket=BUCKET)["Status"], "Enabled")
    first = put("versioned", b"first")["VersionId"]
    put("versioned", b"second")
    s3.delete_object(Bucket=BUCKET, Key="versioned")
    refused(404, lambda: get("versioned"))
    same(get("versioned", VersionId=first), b"first")
    listed = s3.list_object_versions(Bucket=BUCKET, Prefix="versioned")
    same((len(listed["Versions"]), len(listed["DeleteMarkers"])), (2, 1))


def multipart():
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="parts")["UploadId"]
    wanted = [os.urandom(PART), b"the rest"]
    parts = [
        {
            "PartNumber": n,
            "ETag": s3.upload_part(Bucket=BUCKET, Key="parts", UploadId=upload, PartNumber=n, Body=body)["ETag"],
        }
        for n, body in enumerate(wanted, 1)
    ]
    same(len(s3.list_parts(Bucket=BUCKET, Key="parts", UploadId=upload)["Parts"]), 2)
    same([u["Key"] for u in s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])], ["parts"])
    s3.complete_multipart_upload(Bucket=BUCKET, Key="parts", UploadId=upload, MultipartUpload={"Parts": parts})
    same(get("parts") == b"".join(wanted), True)
    given_up = s3.create_multipart_upload(Bucket=BUCKET, Key="given-up")["UploadId"]
    s3.abort_multipart_upload(Bucket=BUCKET, Key="given-up", UploadId=given_up)
    same(s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []), [])


def multipart_by_upload_file():
    path = file("big", 3 * PART)
    s3.upload_file(path, BUCKET, "big", ExtraArgs={"ACL": "private", "Tagging": "kind=big"})
    s3.download_file(BUCKET, "big", path + ".back")
    same(content(path + ".back") == content(path), True)


def cors():
    url = presigned("put_object", "from-a-page", ContentType="text/plain")
    asked = {"Access_Control_Request_Method": "PUT"}
    status, headers, _ = http("OPTIONS", url, Origin=ORIGIN, **asked)
    same((status, headers["Access-Control-Allow-Origin"]), (200, ORIGIN))
    same(http("OPTIONS", url, Origin=ORIGIN + ".evil.example", **asked)[0], 403)
    status, headers, _ = http("PUT", url, b"letter", Origin=ORIGIN, Content_Type="text/plain")
    same((status, headers["Access-Control-Allow-Origin"]), (200, ORIGIN))


def presigned_get_and_put():
    for signer in SIGNERS:
        url = presigned("put_object", "presigned", signer, ContentType="text/plain")
        text = {"Content_Type": "text/plain"}
        same(http("PUT", url, b"letter", **text)[0], 200)
        same(http("GET", presigned("get_object", "presigned", signer))[2], b"letter")
        same(http("DELETE", url, **text)[0], 403)
        same(http("PUT", url.replace("/presigned?", "/another?"), b"letter", **text)[0], 403)
        same(http("PUT", presigned("put_object", "presigned", signer, ACL="public-read"), b"letter")[0], 403)


def ranges():
    put("digits")
    answer = s3.get_object(Bucket=BUCKET, Key="digits", Range="bytes=3-5")
    same((answer["ResponseMetadata"]["HTTPStatusCode"], answer["Body"].read()), (206, b"345"))
    same(get("digits", Range="bytes=-2"), b"89")
    refused(416, lambda: get("digits", Range="bytes=10-"))


def conditional_writes():
    etag = put("once", IfNoneMatch="*")["ETag"]
    refused(412, lambda: put("once", IfNoneMatch="*"))
    refused(412, lambda: put("once", IfMatch='"0123456789abcdef0123456789abcdef"'))
    put("once", b"changed", IfMatch=etag)
    refused(412, lambda: put("once", b"changed again", IfMatch=etag))
    same(get("once"), b"changed")


def conditional_reads():
    etag = put("read-once")["ETag"]
    refused(304, lambda: get("read-once", IfNoneMatch=etag))
    same(get("read-once", IfMatch=etag), b"0123456789")


def checksums():
    for algorithm in "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256":
        field = "Checksum" + algorithm
        sent = put(algorithm, ChecksumAlgorithm=algorithm)[field]
        same(s3.head_object(Bucket=BUCKET, Key=algorithm, ChecksumMode="ENABLED").get(field), sent)
        same(get(algorithm, ChecksumMode="ENABLED"), b"0123456789")
    same(sent, base64.b64encode(hashlib.sha256(b"0123456789").digest()).decode())
    wrong = base64.b64encode(hashlib.sha256(b"something else").digest()).decode()
    refused(400, lambda: put("wrong", ChecksumSHA256=wrong))
    refused(404, lambda: get("wrong"))


def trailing_checksums():
    seen = []
    s3.meta.events.register("before-send.s3.PutObject", lambda request, **_: seen.append(dict(request.headers)))
    put("trailed", b"x" * 100_000)
    same([headers.get("X-Amz-Trailer") for headers in seen], [b"x-amz-checksum-crc32"])
    same(get("trailed"), b"x" * 100_000)


def encryption():
    put("encrypted")
    same(s3.head_object(Bucket=BUCKET, Key="encrypted").get("ServerSideEncryption"), "AES256")


def listing_and_deleting_many():
    for n in range(5):
        put(f"many/{n}")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Prefix="many/", PaginationConfig={"PageSize": 2}
    )
    keys = [o["Key"] for page in pages for o in page["Contents"]]
    same(keys, [f"many/{n}" for n in range(5)])
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in keys]})
    same(s3.list_objects_v2(Bucket=BUCKET, Prefix="many/")["KeyCount"], 0)


def refused_acls():
    for acl in "public-read", "public-read-write", "authenticated-read":
        refused(403, lambda: put("published", ACL=acl))
        refused(403, lambda: s3.put_object_acl(Bucket=BUCKET, Key="private", ACL=acl))
    everybody = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'
    for grant in "GrantRead", "GrantReadACP", "GrantWriteACP", "GrantFullControl":
        refused(403, lambda: put("published", **{grant: everybody}))
    same(http("GET", f"{s3.meta.endpoint_url}/{BUCKET}/published")[0], 403)


def refused_other_bucket():
    refused(403, lambda: s3.list_objects_v2(Bucket=OTHER))
    refused(403, lambda: s3.get_bucket_policy(Bucket=OTHER))
    refused(403, lambda: s3.get_object(Bucket=OTHER, Key="letter"))
    refused(403, lambda: s3.put_object(Bucket=OTHER, Key="letter", Body=b"planted"))
    refused(403, lambda: s3.copy_object(Bucket=BUCKET, Key="stolen", CopySource={"Bucket": OTHER, "Key": "letter"}))
    same([b["Name"] for b in s3.list_buckets()["Buckets"] if b["Name"] != BUCKET], [])


def refused_to_delete_versions():
    version = put("kept")["VersionId"]
    refused(403, lambda: s3.delete_object(Bucket=BUCKET, Key="kept", VersionId=version))
    listed = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "kept", "VersionId": version}]})
    same(len(listed["Errors"]), 1)
    same(get("kept"), b"0123456789")


def refused_settings():
    refused(403, lambda: s3.put_bucket_policy(Bucket=BUCKET, Policy="{}"))
    refused(403, lambda: s3.delete_bucket_policy(Bucket=BUCKET))
    refused(403, lambda: s3.put_bucket_acl(Bucket=BUCKET, ACL="public-read"))
    refused(403, lambda: s3.delete_bucket_cors(Bucket=BUCKET))
    refused(403, lambda: s3.delete_bucket_lifecycle(Bucket=BUCKET))
    refused(403, lambda: s3.delete_bucket_encryption(Bucket=BUCKET))
    refused(403, lambda: s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}))


def cli_cp():
    path = file("cli/big", 4 * PART)
    aws("s3", "cp", "--only-show-errors", path, f"s3://{BUCKET}/cli/big")
    aws("s3", "cp", "--only-show-errors", f"s3://{BUCKET}/cli/big", path + ".back")
    same(content(path + ".back") == content(path), True)
    aws("s3", "cp", "--only-show-errors", f"s3://{BUCKET}/cli/big", f"s3://{BUCKET}/cli/again", "--acl", "private")
    same(len(aws("s3", "ls", f"s3://{BUCKET}/cli/").splitlines()), 2)


def cli_sync():
    for name in "a", "b/c", "Grüße an alle":
        file("tree/" + name, 1000)
    tree = os.path.join(FOLDER, "tree")
    aws("s3", "sync", "--only-show-errors", tree, f"s3://{BUCKET}/tree")
    same(aws("s3", "sync", tree, f"s3://{BUCKET}/tree"), "")
    os.remove(os.path.join(tree, "a"))
    aws("s3", "sync", "--only-show-errors", "--delete", tree, f"s3://{BUCKET}/tree")
    aws("s3", "sync", "--only-show-errors", f"s3://{BUCKET}/tree", tree + ".back")
    same(sorted(os.listdir(tree + ".back")), ["Grüße an alle", "b"])
    same(content(os.path.join(tree + ".back", "b", "c")), content(os.path.join(tree, "b", "c")))
    aws("s3", "rm", "--only-show-errors", "--recursive", f"s3://{BUCKET}/tree")


def cli_presign():
    put("cli-presigned", b"letter")
    same(http("GET", aws("s3", "presign", f"s3://{BUCKET}/cli-presigned").strip())[2], b"letter")


TRIALS = [
    tags,
    acl_private,
    acl_bucket_owner_full_control,
    versions,
    multipart,
    multipart_by_upload_file,
    cors,
    presigned_get_and_put,
    ranges,
    conditional_writes,
    conditional_reads,
    checksums,
    trailing_checksums,
    encryption,
    listing_and_deleting_many,
    refused_acls,
    refused_other_bucket,
    refused_to_delete_versions,
    refused_settings,
    cli_cp,
    cli_sync,
    cli_presign,
]


def tried(trial):
    try:
        trial()
        return "ok"
    except Exception as e:
        line = traceback.extract_tb(e.__traceback__)[1].lineno
        return f"line {line}: {type(e).__name__}: {e}".replace("\n", " ")


print(f"# boto3 {boto3.__version__}, botocore {botocore.__version__}, {aws('--version').split()[0]}")
for trial in TRIALS:
    print(f"{trial.__name__}: {tried(trial)}", flush=True)
