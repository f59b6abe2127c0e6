"""A person's browser at the portal, which minds what the console says and where the keyboard leads."""

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
TILES = "https://cache.kartverket.no/**"

# What shows that something has the focus: an outline or a shadow, on it or on the card or map around it;
# the skip link shows itself.
FOCUS_SHOWS = """(element) => {
    const look = (e) => e ? getComputedStyle(e) : { outlineStyle: "none", boxShadow: "none" };
    const ringed = (e) => look(e).outlineStyle !== "none" || look(e).boxShadow !== "none";
    const appears = element.matches(".ds-skip-link") && element.getBoundingClientRect().width > 40;
    return appears || ringed(element) || ringed(element.closest(".ds-field, .ak-map"));
}"""


class Browser:
    """One browser with its own cookies. `page` is Playwright's; `complaints` what its console said."""

    def __init__(self, chromium, portal, size=PHONE, *, scripts=True, locale="nb-NO"):
        self.portal = portal
        self.complaints = []
        self.context = chromium.new_context(
            base_url=portal.url,
            viewport=size,
            locale=locale,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(10_000)
        self.context.route(TILES, lambda route: route.abort())
        self.page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def close(self):
        self.context.close()

    def open(self, path):
        self.page.goto(path)
        return self

    def send(self):
        """Send the page's main form by its button."""
        self.page.locator("main form button[type=submit]").last.click()

    def set_cookie(self, name, value):
        self.context.add_cookies([{"name": name, "value": value, "url": self.portal.url}])

    def drop_cookie(self, name):
        self.context.clear_cookies(name=name)

    @property
    def text(self):
        return self.page.locator("body").inner_text()

    def tab_to(self, selector, at_most=80, key="Tab"):
        """Press Tab until this has the focus, which must show wherever it stands; how many presses."""
        for presses in range(1, at_most + 1):
            self.page.keyboard.press(key)
            focused = self.page.locator(":focus")
            if not focused.count():
                continue
            assert focused.evaluate(FOCUS_SHOWS), (
                f"no focus to see at {focused.evaluate('e => e.outerHTML')[:200]}"
            )
            if focused.evaluate("(element, selector) => element.matches(selector)", selector):
                return presses
        raise AssertionError(f"{selector} not reached by Tab on {self.page.url}")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    def _listen(self, message):
        """Note errors and broken rules, but for tiles, which no test fetches, and a page's own 4xx."""
        url = message.location.get("url", "")
        of_page = (
            "Failed to load resource" in message.text and url.split("?")[0] == self.page.url.split("?")[0]
        )
        if message.type in ("error", "warning") and "cache.kartverket.no" not in url and not of_page:
            self.complaints.append(f"{self.page.url}: {message.text} ({url})")
