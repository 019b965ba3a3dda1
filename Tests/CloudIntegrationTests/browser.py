"""What tests do with a real browser: Chromium, driven by selenium, as wide as a phone and without script.

Usage: browser.py ADDRESS OUTBOX SHOTS STEP... ; a step is a word and what belongs to it, with tabs between:
open PATH; type FIELD TEXT (a field's name or id); press LABEL; follow LABEL; shot NAME;
text (prints what the page says); where (prints the path);
code NAME (types the code of the last message to a name); keep-secret (remembers the first one that is shown),
totp STEPS (types an authenticator's code of it, so many steps from now), recovery (types it as it is).
"""
import base64, email, email.policy, glob, hashlib, hmac, os, re, struct, sys, time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import WebDriverWait

address, outbox, shots = sys.argv[1:4]
options = webdriver.ChromeOptions()
for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=412,915",
                 "--force-device-scale-factor=1", "--ignore-certificate-errors", "--lang=en"):
    options.add_argument(argument)
options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
driver.implicitly_wait(5)


def messages(recipient):
    found = []
    for path in sorted(glob.glob(outbox + "/*.eml")):
        with open(path, "rb") as file:
            message = email.message_from_binary_file(file, policy=email.policy.default)
        if message["To"].strip("<>") == recipient:
            found.append(message.get_content())
    return found


def code(recipient):
    for _ in range(100):
        for text in reversed(messages(recipient)):
            if match := re.search(r"\d{6}", text):
                return match.group()
        time.sleep(0.1)
    raise SystemExit(f"no code came for {recipient}")


def totp(secret, ahead):
    counter = struct.pack(">Q", int(time.time()) // 30 + ahead)
    mac = hmac.new(base64.b32decode(secret.replace(" ", "")), counter, hashlib.sha1).digest()
    start = mac[19] & 15
    return f"{(struct.unpack('>I', mac[start:start + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


def field(name):
    return driver.find_element(By.CSS_SELECTOR, f"main input[name='{name}']:not([type=hidden]), main #{name}")


def button(label):
    return next(b for b in driver.find_elements(By.TAG_NAME, "button") if b.text == label)


def click(element):
    """Every click here leads to another page; what follows is about that one."""
    page = driver.find_element(By.TAG_NAME, "html")
    element.click()
    WebDriverWait(driver, 30).until(staleness_of(page))


secret = ""
try:
    for line in sys.argv[4:]:
        word, *rest = line.split("\t")
        if word == "open":
            driver.get(address + rest[0])
        elif word == "type":
            field(rest[0]).send_keys(rest[1])
        elif word == "press":
            click(button(rest[0]))
        elif word == "follow":
            click(driver.find_element(By.LINK_TEXT, rest[0]))
        elif word == "code":
            field("code").send_keys(code(rest[0]))
        elif word == "keep-secret":
            secret = driver.find_element(By.CSS_SELECTOR, ".secret code").text
        elif word == "totp":
            field("code").send_keys(totp(secret, int(rest[0])))
        elif word == "recovery":
            field("code").send_keys(secret)
        elif word == "shot":
            driver.set_window_size(412, max(915, driver.find_element(By.TAG_NAME, "html").rect["height"] + 150))
            driver.save_screenshot(f"{shots}/{rest[0]}.png")
        elif word == "text":
            print(driver.find_element(By.TAG_NAME, "main").text)
        elif word == "where":
            print(driver.current_url[len(address):])
        else:
            raise SystemExit(f"unknown word {word}")
finally:
    driver.quit()
