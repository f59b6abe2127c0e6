"""A visitor who reads pages as people do: by links, labels and buttons. Every page is checked on the way."""

from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from django.test import Client

# Elements that never stand in these, whatever the browser makes of it.
WRONG_NESTING = ["a a", "a button", "button a", "p div", "p ul", "p p", "form form", "h1 div", "label label"]


class Visitor:
    """A browser without JavaScript. `page` is the last page, `status` its status, `url` its address."""

    def __init__(self, user=None, **headers):
        self.client = Client(enforce_csrf_checks=True, **headers)
        self.page = self.status = self.url = None
        if user:
            self.client.force_login(user)

    def open(self, url):
        """Go to an address, following redirects."""
        return self._land(self.client.get(url, follow=True))

    def click(self, text):
        """Follow the first link with this text."""
        link = next(a for a in self.page.find_all("a") if text in a.get_text(" ", strip=True))
        return self.open(urljoin(self.url, link["href"]))

    def send(self, button, **fields):
        """Fill the form that has this button, by field name, and send it with all that stood in it."""
        form, pressed = self._form_with(button)
        data = self.values_of(form)
        data.update({name: value for name, value in fields.items() if value is not None})
        for name in [name for name, value in fields.items() if value is None]:
            data.pop(name, None)
        if pressed.get("name"):
            data[pressed["name"]] = pressed.get("value", "")
        files = [field["name"] for field in form.select("input[type=file]")]
        assert not files or form.get("enctype") == "multipart/form-data", f"{self.url}: files would be lost"
        unknown = set(fields) - set(data)
        assert not unknown, f"no such field on {self.url}: {unknown}"
        return self._land(self.client.post(urljoin(self.url, form.get("action") or ""), data, follow=True))

    def values_of(self, form):
        """What a form would send as it stands."""
        data = {}
        for field in form.select("input[name], select[name], textarea[name]"):
            kind = field.get("type", field.name)
            if kind in ("radio", "checkbox"):
                if field.has_attr("checked"):
                    data[field["name"]] = field.get("value", "on")
                elif kind == "checkbox" or field["name"] not in data:
                    data.setdefault(field["name"], "")
            elif kind == "select":
                chosen = field.select_one("option[selected]") or field.select_one("option")
                data[field["name"]] = chosen.get("value", chosen.text) if chosen else ""
            elif kind == "textarea":
                data[field["name"]] = field.get_text().removeprefix("\n")
            elif kind not in ("submit", "button", "file"):
                data[field["name"]] = field.get("value", "")
        return {
            name: value for name, value in data.items() if value != "" or name not in self._unchecked(form)
        }

    @property
    def text(self):
        """What stands on the page, as running text."""
        return self.page.get_text(" ", strip=True)

    @property
    def errors(self):
        """The error summary's links: the id that each leads to, and its text."""
        return {
            link["href"].removeprefix("#"): link.get_text(strip=True)
            for link in self.page.select(".ds-error-summary a[href^='#']")
        }

    def _unchecked(self, form):
        boxes = form.select("input[type=radio], input[type=checkbox]")
        return {box["name"] for box in boxes if not box.has_attr("checked")}

    def _form_with(self, button):
        for form in self.page.find_all("form"):
            for pressed in form.find_all("button"):
                if button in pressed.get_text(" ", strip=True):
                    return form, pressed
        raise AssertionError(f"no button «{button}» on {self.url}")

    def _land(self, response):
        self.status = response.status_code
        self.url = response.request["PATH_INFO"]
        self.page = BeautifulSoup(response.content, "html.parser")
        if response["Content-Type"].startswith("text/html"):
            check(self.page, self.url)
        return self


def check(page, url):
    """What holds for every page of the portal."""
    assert page.html.get("lang") in ("nb", "nn", "en"), f"{url}: no language"
    assert page.title.get_text(strip=True), f"{url}: no title"
    assert len(page.find_all("h1")) == 1, f"{url}: one h1, not {len(page.find_all('h1'))}"
    for link in page.find_all("a"):
        assert link.get("href"), f"{url}: empty href in {link}"
        assert urlsplit(link["href"]).scheme in ("", "http", "https", "mailto", "tel"), (
            f"{url}: {link['href']}"
        )
    ids = [element["id"] for element in page.select("[id]")]
    assert len(ids) == len(set(ids)), f"{url}: the same id twice: {[i for i in ids if ids.count(i) > 1]}"
    for field in page.select("input:not([type=hidden]), select, textarea"):
        labelled = page.select_one(f'label[for="{field.get("id")}"]') or field.find_parent("label")
        assert labelled or field.get("aria-label") or field.get("aria-labelledby"), (
            f"{url}: no label for {field}"
        )
    for described in page.select("[aria-describedby]"):
        for target in described["aria-describedby"].split():
            assert target in ids, f"{url}: {target} is described by nothing"
    for pattern in WRONG_NESTING:
        assert not page.select(pattern), f"{url}: {pattern}"
    assert not page.select("[style]"), f"{url}: a style attribute, which the CSP forbids"
