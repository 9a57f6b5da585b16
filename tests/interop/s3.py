"""An S3 service on a free port of this machine (moto, in memory), with one bucket.

    s3.py BUCKET HOLD

Prints its port. While a file HOLD exists, requests that bring the second part of an object wait: the moment in which a
test looks at, or ends, whoever sends it.
"""

import json
import pathlib
import sys
import threading
import time

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

PAUSE_S = 0.02


class Held:
    """The service, which holds up some requests."""

    def __init__(self, service, hold: pathlib.Path) -> None:
        self.service, self.hold = service, hold

    def __call__(self, environ, start_response):
        while "partNumber=2" in environ.get("QUERY_STRING", "") and self.hold.exists():
            time.sleep(PAUSE_S)
        return self.service(environ, start_response)


def main() -> None:
    bucket, hold = sys.argv[1:]
    service = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, Held(service, pathlib.Path(hold)), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{server.port}",
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket=bucket)
    # The test looks at objects without signing.
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*"}
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [anybody]}))
    print(server.port, flush=True)
    # Ends with whoever started it.
    sys.stdin.read()


main()
