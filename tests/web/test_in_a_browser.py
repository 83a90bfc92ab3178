"""The gallery as a visitor uses it, in real Chromium and under its real content security policy."""

from __future__ import annotations

from playwright.async_api import Page, async_playwright, expect

from tests.web.house import ADA, JUNO, SERVER, Gallery, own

PHONE = {"width": 390, "height": 844}


async def test_a_visitor_looks_plays_and_finds_their_way_by_keyboard_on_a_phone(house: Gallery, chromium: str) -> None:
    roots = await house.made(ADA, count=9) + await house.made(JUNO, count=9) + await house.made(ADA, count=9)
    (child,) = await house.made(JUNO, kind="breed", parents=[roots[0], roots[9]], relation="breed")
    await own(house, "critters", SERVER)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = await browser.new_context(viewport=PHONE, color_scheme="light")  # type: ignore[arg-type]
        page = await context.new_page()
        page.set_default_timeout(15_000)
        trouble: list[str] = []
        page.on("console", lambda one: trouble.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        await come_in(page, house.url)
        await wind_down(page, len(roots) + 1)
        await choose(page)
        await through_the_family(page, child, roots[0])
        await pull_a_slider(page, house)
        await watch_it_learn(page)
        await change_the_theme(page)
        assert trouble == []
        await browser.close()


async def come_in(page: Page, url: str) -> None:
    await page.goto(f"{url}/gallery")
    await page.get_by_role("button", name="Juno").click()
    await expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    await fits(page)


async def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways, once the style sheets are there."""
    await page.wait_for_load_state()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def wind_down(page: Page, count: int) -> None:
    """The older pictures come when one gets there."""
    tiles = page.locator(".tile")
    await expect(tiles).to_have_count(24)
    await page.locator(".more").scroll_into_view_if_needed()
    await expect(tiles).to_have_count(count)
    await expect(tiles.last.locator("img")).to_have_js_property("complete", True)


async def choose(page: Page) -> None:
    await page.get_by_label("Made by").select_option(label="You (10)")
    await expect(page.locator(".tile")).to_have_count(10)
    assert "maker=" in page.url
    await page.go_back()
    await expect(page.locator(".tile").nth(20)).to_be_attached()


async def through_the_family(page: Page, child: int, parent: int) -> None:
    """Tab and arrows lead through the tree, and Enter goes there."""
    await page.goto(f"{page.url.partition('/gallery')[0]}/pictures/{child}")
    here = page.locator(".node.here")
    await here.focus()
    await expect(page.locator(".edge.lit")).to_have_count(2)
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator(":focus")).to_have_attribute("data-node", str(parent))
    await fits(page)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"Picture {parent}")


async def pull_a_slider(page: Page, house: Gallery) -> None:
    await page.get_by_role("link", name="Play with it").click()
    picture = page.locator(".live-picture")
    await expect(picture).to_be_visible()
    before = await picture.get_attribute("src")
    await page.get_by_label("darker – brighter").focus()
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    await expect(picture).not_to_have_attribute("src", before or "")
    await expect(page.locator('output[for="d.s0-1"]')).to_have_text("0.3")
    await page.get_by_label("slider 2").scroll_into_view_if_needed()
    await page.locator('[data-for="d.p4-2"][data-amount="4.0"]').click()
    await expect(page.get_by_label("slider 2")).to_have_value("4")
    await fits(page)


async def watch_it_learn(page: Page) -> None:
    await page.get_by_role("link", name="Models").click()
    await page.get_by_role("link", name="Critters").click()
    await page.get_by_role("heading", name="How it learned").scroll_into_view_if_needed()
    await page.get_by_label("What it drew", exact=True).fill("0")
    await expect(page.locator(".film output")).to_have_text("0 s")
    await expect(page.get_by_role("img", name="Redrawing the works")).to_be_visible()
    await fits(page)


async def change_the_theme(page: Page) -> None:
    await page.get_by_role("button", name="Change between dark and light").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
