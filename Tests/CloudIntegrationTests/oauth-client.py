"""A client of the authorization server that others wrote (authlib), and a browser with an owner before it.

    oauth-client.py SCENARIO ISSUER NAME PASSWORD [CLIENT SECRET]

Each scenario ends with status 0 when all that it expects is so."""

import os
import subprocess
import sys
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
    oauth = OAuth2Session("yun-phone", token_endpoint_auth_method="none")
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
    # The session would take the app's token for its own.
    answer = requests.post(
        metadata["token_endpoint"],
        data={
            "grant_type": EXCHANGE, "client_id": "yun-phone", "subject_token": oauth.token["access_token"],
            "subject_token_type": ACCESS, "audience": audience, "scope": scope,
        })
    return session().parse_response_token(answer)


def authorize_url(**changes):
    url, _ = session().create_authorization_url(
        metadata["authorization_endpoint"], code_verifier="v" * 50, scope="openid profile storage", **changes)
    return url


def consent_page():
    browser = Browser()
    answer = browser.open(authorize_url())
    text = answer.text
    assert answer.status_code == 200, (answer.status_code, text)
    assert "Notes &lt;b&gt;&amp;amp;&lt;/b&gt;" in text and "<b>" not in text, text
    for part in ("notes.example.com", "Nobody has verified it", name, "Read and change all your files"):
        assert part in text, (part, text)
    assert "Go on when you are not there" not in text
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy, policy
    assert "form-action 'self' https://notes.example.com" in policy, policy
    chinese = browser.session.get(browser.page.url, headers={"Accept-Language": "zh-CN"}).text
    assert "允许访问您的帐号" in chinese, chinese
    # What was refused gives no code, and can be asked for again.
    back = browser.send("/authorize", decision="deny")
    assert fields(back)["error"] == "access_denied" and "code" not in fields(back), back


def forgery():
    browser = Browser()
    browser.open(authorize_url())
    good = browser.form("/authorize") | {"decision": "allow"}
    stranger = Browser()
    stranger.open(authorize_url())
    for form, headers in (
        ({key: value for key, value in good.items() if key != "form"}, {}),
        (good | {"form": "x"}, {}),
        (good | {"form": stranger.form("/authorize")["form"]}, {}),
        (good, {"Sec-Fetch-Site": "cross-site"}),
        (good, {"Sec-Fetch-Site": "same-site"}),
    ):
        answer = browser.session.post(issuer + "/authorize", data=form, headers=headers, allow_redirects=False)
        assert answer.status_code == 403 and "Location" not in answer.headers, answer.status_code
    answer = browser.session.post(issuer + "/authorize", params=good, data={}, allow_redirects=False)
    assert answer.status_code in (403, 415), answer.status_code
    # Without a session a form leads to the sign-in, and decides nothing.
    nobody = requests.post(issuer + "/authorize", data=good, allow_redirects=False)
    assert nobody.status_code == 403, nobody.status_code
    # A form that was changed on its way is looked at anew.
    request = good["request"].replace("notes.example.com", "evil.example.com")
    answer = browser.session.post(issuer + "/authorize", data=good | {"request": request}, allow_redirects=False)
    assert answer.status_code == 400 and "Location" not in answer.headers
    assert fields(browser.send("/authorize", decision="allow"))["code"].startswith("yac_")


def prompts():
    browser = Browser()
    silent = browser.go("GET", authorize_url(prompt="none"))
    assert fields(silent)["error"] == "login_required", silent
    browser.open(authorize_url())
    silent = browser.go("GET", authorize_url(prompt="none"))
    assert fields(silent)["error"] == "consent_required", silent
    # A sign-in of this minute is one that was made for this.
    assert browser.go("GET", authorize_url(prompt="login")).status_code == 200
    assert browser.page.url.startswith(issuer + "/authorize"), browser.page.url
    subprocess.run(["sqlite3", os.environ["YUN_CLOUD"], "UPDATE session SET created_at = created_at - 120000"], check=True)
    assert browser.go("GET", authorize_url(max_age="300")).url.startswith(issuer + "/authorize")
    for changes in ({"prompt": "login"}, {"max_age": "90"}, {"max_age": "0"}):
        page = browser.go("GET", authorize_url(**changes))
        assert urlsplit(page.url).path == "/sign-in", page.url
    page = browser.send("/sign-in", name=name, password=password)
    assert page.url.startswith(issuer + "/authorize"), page.url
    wrong = browser.go("GET", authorize_url(prompt="none login"))
    assert fields(wrong)["error"] == "invalid_request", wrong


def open_redirect():
    browser = Browser()
    browser.open(authorize_url())
    evil = ["https://evil.example.com/", "https://notes.example.com/back/../x", "//evil.example.com", "javascript:alert(1)"]
    for url in [authorize_url().replace("https%3A%2F%2Fnotes.example.com%2Fback", requests.utils.quote(e, "")) for e in evil] + [
        authorize_url().replace(client, "nobody"), authorize_url().replace("client_id", "x"),
        authorize_url() + "&redirect_uri=https://evil.example.com/", authorize_url() + "&client_id=" + client,
    ]:
        answer = browser.session.get(url, allow_redirects=False)
        assert 400 <= answer.status_code < 500 and "Location" not in answer.headers, (url, answer.status_code)
        assert answer.headers["Content-Type"].startswith("text/html"), answer.headers
        assert "<form method=\"post\" action=\"/authorize\"" not in answer.text
    # What else is wrong goes to the client, which is known.
    back = browser.go("GET", authorize_url() + "&state=again")
    assert back.startswith(REDIRECT + "?error=invalid_request") and fields(back)["iss"] == issuer, back


def mix_up():
    browser = Browser()
    back, verifier = sign_in(browser, session())
    assert fields(back)["iss"] == issuer == metadata["issuer"]
    for url in (authorize_url(prompt="none"), authorize_url().replace("response_type=code", "response_type=token")):
        assert fields(browser.go("GET", url))["iss"] == issuer
    # A code is of no use to another server's client.
    other = OAuth2Session("yun-phone", token_endpoint_auth_method="none")
    refused(
        "invalid_grant", other.fetch_token, metadata["token_endpoint"], code=fields(back)["code"],
        code_verifier=verifier, grant_type="authorization_code")


def sign_out():
    oauth = session(scope="openid")
    browser = Browser()
    back, verifier = sign_in(browser, oauth, scope="openid")
    token = oauth.fetch_token(metadata["token_endpoint"], authorization_response=back, code_verifier=verifier)
    bye = "https://notes.example.com/bye"
    end = metadata["end_session_endpoint"]

    def is_signed_in():
        return browser.session.get(issuer + "/account", allow_redirects=False).status_code == 200

    head, body, signature = token["id_token"].split(".")
    for hint in (f"eyJhbGciOiJub25lIn0.{body}.", f"{head}.{body}.", f"eyJhbGciOiJIUzI1NiJ9.{body}.{signature}"):
        answer = browser.session.get(end, params={"id_token_hint": hint, "post_logout_redirect_uri": bye}, allow_redirects=False)
        assert answer.status_code == 400 and "Location" not in answer.headers, answer.status_code
    answer = browser.session.get(
        end, params={"id_token_hint": token["id_token"], "post_logout_redirect_uri": "https://evil.example.com/"},
        allow_redirects=False)
    assert answer.status_code == 400 and "Location" not in answer.headers
    assert is_signed_in()
    # A link without a token of ours asks.
    asked = browser.go("GET", end, params={"client_id": client, "post_logout_redirect_uri": bye, "state": "s"})
    assert asked.status_code == 200 and is_signed_in()
    assert browser.send("/end-session/confirm") == bye + "?state=s"
    assert not is_signed_in()
    browser.open(issuer + "/account")
    assert is_signed_in()
    target = browser.go("GET", end, params={"id_token_hint": token["id_token"], "post_logout_redirect_uri": bye})
    assert target == bye and not is_signed_in(), target


def device_link():
    answer = begin_device()
    browser = Browser()
    # Whoever is not signed in learns nothing of a code.
    found = browser.go("GET", answer["verification_uri_complete"])
    assert urlsplit(browser.page.url).path == "/sign-in" and "小明的手机" not in found.text
    let_in(browser, answer, decision="deny")
    refused("access_denied", device_token, session(), answer)
    texts = set()
    for code in (answer["user_code"], "BCDF-GHJK", "nonsense"):
        browser.go("GET", issuer + "/device")
        page = browser.send("/device", user_code=code)
        assert page.status_code == 404, page.status_code
        texts.add(page.text)
    assert len(texts) == 1, texts
    again = begin_device(device_name="<script>alert(1)</script>")
    page = browser.open(again["verification_uri_complete"])
    assert "<script>" not in page.text and "&lt;script&gt;" in page.text
    form = browser.form("/device/decide") | {"decision": "allow"}
    answer = browser.session.post(issuer + "/device/decide", data=form | {"form": "x"}, allow_redirects=False)
    assert answer.status_code == 403
    refused("authorization_pending", device_token, session(), again)
    # Codes cannot be tried without end.
    while page.status_code != 429:
        browser.go("GET", issuer + "/device")
        page = browser.send("/device", user_code="BCDF-GHJK")
        assert page.status_code in (404, 429), page.status_code


def allowed():
    oauth, token = phone()
    app = exchange(oauth)
    bearer = {"Authorization": "Bearer " + app["access_token"]}

    def works():
        return requests.get(metadata["userinfo_endpoint"], headers=bearer).status_code == 200

    browser = Browser()
    page = browser.open(issuer + "/account/apps")
    assert "notes.example.com" in page.text and works(), page.text
    page = browser.send("/account/apps/block")
    assert page.status_code == 200 and not works(), page.status_code
    answer = requests.post(
        metadata["token_endpoint"],
        data={
            "grant_type": EXCHANGE, "client_id": "yun-phone", "subject_token": oauth.token["access_token"],
            "subject_token_type": ACCESS, "audience": "notes.example.com", "scope": "openid",
        })
    assert answer.json()["error"] == "access_denied", answer.text
    browser.send("/account/apps/unblock")
    app = exchange(oauth)
    bearer["Authorization"] = "Bearer " + app["access_token"]
    assert works()
    web = session()
    back, verifier = sign_in(browser, web)
    web.fetch_token(metadata["token_endpoint"], authorization_response=back, code_verifier=verifier)
    page = browser.open(issuer + "/account/apps")
    assert "Notes &lt;b&gt;" in page.text, page.text
    browser.send("/account/apps/end")
    assert web.get(metadata["userinfo_endpoint"]).status_code == 401
    page = browser.open(issuer + "/account/devices")
    assert "小明的手机" in page.text and "Coolpad 8720L" in page.text, page.text
    page = browser.send("/account/devices/sign-out")
    assert page.status_code == 200 and not works()
    refused("invalid_grant", oauth.refresh_token, metadata["token_endpoint"])
    events = browser.open(issuer + "/account/events").text
    for text in ("A phone was let in", "A phone was signed out", "An app was blocked", "A program was allowed"):
        assert text in events, (text, events)


if __name__ == "__main__":
    globals()[scenario.replace("-", "_")]()
