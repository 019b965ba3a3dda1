"""Uploads a file with tuspy.

    tus-upload.py ADDRESS NAME PASSWORD FILE PATH CHUNK RETRIES CHECKSUM
"""

import sys
from base64 import b64encode

from tusclient.client import TusClient

address, name, password, file, path, chunk, retries, checksum = sys.argv[1:]
client = TusClient(address)
client.set_headers({"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()})
uploader = client.uploader(
    file,
    chunk_size=int(chunk),
    retries=int(retries),
    retry_delay=0.02,
    metadata={"path": path, "filetype": "image/x-test", "mtime": "1500000000"},
    upload_checksum=checksum == "1",
)
uploader.upload()
print(uploader._retried)
