"""A client of the authorization server that others wrote (authlib), and a browser with an owner before it.

    oauth-client.py SCENARIO ISSUER NAME PASSWORD [CLIENT SECRET]

Each scenario ends with status 0 when all that it expects is so."""

import json
import sys
import time
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

scenario, issuer, name, password = sys.argv[1:5]
client, secret = (sys.argv[5:7] + [None, None])[:2]
REDIRECT = "https://notes.example.com/back"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
metadata = requests.get(issuer + "/.well-known/openid-configuration").json()


class Forms(HTMLParser):
    """The forms of a page: where each goes, and what it holds."""

    def __init__(self, text):
        super().__init__()
        self.forms = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.forms.append((attributes.get("action"), {}))
        elif tag in ("input", "button") and attributes.get("name") and self.forms:
            fields = self.forms[-1][1]
            fields.setdefault(attributes["name"], []).append(attributes.get("value", ""))


class Browser:
    """One that keeps cookies, follows redirects on this server, and stops before any other."""

    def __init__(self):
        self.session = requests.Session()
        self.page = None

    def go(self, method, url, **rest):
        answer = self.session.request(method, url, allow_redirects=False, **rest)
        while answer.is_redirect:
            target = requests.compat.urljoin(answer.url, answer.headers["Location"])
            if not target.startswith(issuer + "/"):
                self.page = None
                return target
            answer = self.session.get(target, allow_redirects=False)
        self.page = answer
        return answer

    def form(self, action):
        for path, fields in Forms(self.page.text).forms:
            if path == action:
                return {key: values[0] for key, values in fields.items()}
        raise AssertionError(f"no form to {action}: {self.page.status_code} {self.page.text}")

    def send(self, action, **changes):
        return self.go("POST", issuer + action, data=self.form(action) | changes)

    def open(self, url):
        """Goes somewhere, signing in where that is asked for."""
        answer = self.go("GET", url)
        if self.page is not None and urlsplit(self.page.url).path == "/sign-in":
            return self.send("/sign-in", name=name, password=password)
        return answer


def session(**rest):
    return OAuth2Session(
        client or "yun-phone", secret, token_endpoint_auth_method=rest.pop("method", "client_secret_basic" if secret else "none"),
        redirect_uri=rest.pop("redirect_uri", REDIRECT), code_challenge_method="S256", **rest)


def claims(token, audience):
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"]).json())
    read = jwt.decode(token, keys, algorithms=["ES256"])
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": issuer}, aud={"essential": True, "value": audience},
        sub={"essential": True}, exp={"essential": True})
    registry.validate(read.claims)
    assert read.header["alg"] == "ES256", read.header
    return read.claims


def refused(error, call, *arguments, **rest):
    try:
        call(*arguments, **rest)
    except OAuthError as problem:
        assert problem.error == error, problem
    else:
        raise AssertionError(f"not refused as {error}")


def fields(url):
    return {key: value[0] for key, value in parse_qs(urlsplit(url).query).items()}


def consent(browser, url, decision="allow"):
    browser.open(url)
    return browser.send("/authorize", decision=decision)


def sign_in(browser, oauth, decision="allow", scope="openid profile offline_access storage", **rest):
    verifier = "v" * 50
    url, state = oauth.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, scope=scope, nonce="n-1", **rest)
    back = consent(browser, url, decision)
    assert fields(back).get("state") == state, back
    assert fields(back).get("iss") == issuer, back
    return back, verifier


def code():
    for method in (["client_secret_basic", "client_secret_post"] if secret else ["none"]):
        oauth = session(method=method, scope="openid profile offline_access storage")
        back, verifier = sign_in(Browser(), oauth)
        token = oauth.fetch_token(
            metadata["token_endpoint"], authorization_response=back, code_verifier=verifier)
        identity = claims(token["id_token"], client)
        assert identity["nonce"] == "n-1" and identity["name"] == name, identity
        info = oauth.get(metadata["userinfo_endpoint"]).json()
        assert info == {"sub": identity["sub"], "name": name}, info
        assert oauth.get(issuer + "/dav/").status_code in (200, 207, 404, 405)
        assert oauth.request("PROPFIND", issuer + "/dav/", headers={"Depth": "0"}).status_code == 207
        former = token["refresh_token"]
        token = oauth.refresh_token(metadata["token_endpoint"])
        assert token["refresh_token"] != former
        if secret:
            told = oauth.introspect_token(metadata["introspection_endpoint"], token["access_token"]).json()
            assert told["active"] and told["client_id"] == client and told["sub"] == identity["sub"], told
        assert oauth.revoke_token(metadata["revocation_endpoint"], token["refresh_token"]).status_code == 200
        assert oauth.get(metadata["userinfo_endpoint"]).status_code == 401
        refused("invalid_grant", oauth.refresh_token, metadata["token_endpoint"], token["refresh_token"])


def begin_device(**changes):
    form = {"client_id": "yun-phone", "device_name": "小明的手机", "device_model": "Coolpad 8720L"} | changes
    return requests.post(metadata["device_authorization_endpoint"], data=form).json()


def device_token(oauth, answer):
    return oauth.fetch_token(metadata["token_endpoint"], grant_type=DEVICE, device_code=answer["device_code"])


def let_in(browser, answer, decision="allow"):
    browser.open(answer["verification_uri_complete"])
    text = browser.page.text
    assert "小明的手机" in text and "Coolpad 8720L" in text and answer["user_code"] in text, text
    return browser.send("/device/decide", decision=decision)


def phone():
    oauth = session()
    answer = begin_device()
    refused("authorization_pending", device_token, oauth, answer)
    let_in(Browser(), answer)
    token = device_token(oauth, answer)
    claims(token["id_token"], "yun-phone")
    return oauth, token


def device():
    oauth, token = phone()
    oauth.refresh_token(metadata["token_endpoint"])
    app = exchange(oauth)
    assert app["issued_token_type"] == ACCESS and app["scope"] == "openid storage.app", app
    bearer = {"Authorization": "Bearer " + app["access_token"]}
    assert requests.get(metadata["userinfo_endpoint"], headers=bearer).json() == {"sub": app["sub"]}
    answer = requests.request("PROPFIND", issuer + "/dav/", headers=bearer | {"Depth": "0"})
    assert answer.status_code == 403 and "insufficient_scope" in answer.headers["WWW-Authenticate"]
    refused("invalid_request", exchange, session(token=app))
    assert oauth.revoke_token(metadata["revocation_endpoint"], oauth.token["refresh_token"]).status_code == 200
    assert requests.get(metadata["userinfo_endpoint"], headers=bearer).status_code == 401


def exchange(oauth, audience="notes.example.com", scope="openid storage.app"):
    # fetch_token would take the app's token for the session's own.
    answer = requests.post(
        metadata["token_endpoint"],
        data={
            "grant_type": EXCHANGE, "client_id": "yun-phone", "subject_token": oauth.token["access_token"],
            "subject_token_type": ACCESS, "audience": audience, "scope": scope,
        })
    return oauth.parse_response_token(answer)


if __name__ == "__main__":
    globals()[scenario.replace("-", "_")]()
