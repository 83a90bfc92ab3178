"""What is drawn: markdown, untrusted text, every component, narrow screens, names for screen readers, contrast."""

from __future__ import annotations

import re
from pathlib import Path

import page_messages as m
import pytest
from page_fake import WEB, FakeChat
from page_tabs import Tabs
from page_world import BOT
from playwright.async_api import Browser, Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")
MARKDOWN = [
    ("**a** *b* __c__ ~~d~~ _e_", "<strong>a</strong> <em>b</em> <u>c</u> <s>d</s> <em>e</em>"),
    ("***x*** snake_case_name 2*3*4", "<strong><em>x</em></strong> snake_case_name 2<em>3</em>4"),
    ("`a*b*` \\*no\\*", "<code>a*b*</code> *no*"),
    ("# One\ntwo", "<h3>One</h3><div>two</div>"),
    ("-# small", "<div>small</div>"),
    ("- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
    ("3. a\n4. b", "<ol><li>a</li><li>b</li></ol>"),
    ("> q\nr", "<blockquote><div>q</div></blockquote><div>r</div>"),
    ("```py\nx = 1\n```", "<pre><code>x = 1</code></pre>"),
    ("a\nb", "<div>a<br>b</div>"),
    ("[t](https://e.org/a_(b)) <https://e.org>", "<a>t</a> <a>https://e.org</a>"),
    ("[t](javascript:alert(1))", "[t](javascript:alert(1))"),
    ("<img src=x onerror=alert(1)><b>", "<img src=x onerror=alert(1)><b>"),
    ("||hid|| <@1002>", "<span><span>hid</span></span> <span>@Theo</span>"),
    ("<#201> <@&21> </help:706>", "<span>#studio</span> <span>@Moderator</span> <span>/help</span>"),
    ("**open and `never", "**open and `never"),
]  # fmt: skip
UNSAFE = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
TOO_WIDE = """() => [...document.querySelectorAll('#main *')]
    .filter((e) => e.getClientRects().length && !e.closest('pre, #tray, .mosaic, .visually-hidden, .context'))
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 90))"""
STRETCHED = """() => [...document.querySelectorAll('.of-1 .tile')].map((t) => t.getBoundingClientRect())
    .filter((r) => Math.abs(r.width - r.height) > 2).length"""
NAMELESS = """() => [...document.querySelectorAll('button, a, input, textarea, [role=button]')]
    .filter((e) => e.getClientRects().length && e.getAttribute('aria-hidden') !== 'true')
    .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length))
    .map((e) => e.outerHTML.slice(0, 80))"""
CONTRAST = """([ink, paper]) => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const linear = (v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    const light = (name) => {
        canvas.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => linear(v / 255));
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x);
    return (a + .05) / (b + .05);
}"""
SKELETON = """(text) => import('/static/js/render/markdown.js').then(({ markdown }) => {
    const write = (n) => n.nodeType === 3 ? n.data : n.tagName === 'BR' ? '<br>'
        : `<${n.tagName.toLowerCase()}>${[...n.childNodes].map(write).join('')}</${n.tagName.toLowerCase()}>`;
    return [...markdown(text).childNodes].map(write).join('');
})"""


async def test_markdown_is_drawn_as_discord_draws_it(page: Page) -> None:
    for source, wanted in MARKDOWN:
        drawn = await page.evaluate(SKELETON, source)
        assert drawn in (wanted, f"<div>{wanted}</div>"), source


async def test_long_hostile_markdown_is_quick(page: Page) -> None:
    for source in ("*" * 4000, "[" * 4000, "||" * 2000, "> " * 1000, "`" * 3999, "_a" * 2000):
        took = await page.evaluate(
            """(text) => import('/static/js/render/markdown.js').then(({ markdown }) => {
                const from = performance.now(); markdown(text); return performance.now() - from; })""",
            source,
        )
        assert took < 300, (source[:4], took)


async def test_relative_times_tick(tabs: Tabs, chat: FakeChat, browser: Browser) -> None:
    own = await browser.new_context(bypass_csp=True)  # its clock is not that of the other tests
    await own.clock.install()
    page = await tabs.open(context=own)
    soon = await page.evaluate("Math.floor(Date.now() / 1000) + 90")
    await chat.post(m.message(BOT, "201", f"ready <t:{soon}:R>"))
    stamp = page.locator("time.stamp").last
    await expect(stamp).to_have_text("in 1 minute")
    await page.clock.run_for(60_000)
    await expect(stamp).to_have_text(re.compile(r"in \d+ seconds"))
    await own.close()


async def test_every_component_of_a_message_is_drawn(page: Page) -> None:
    await page.locator("[data-testid=channel][data-label=showcase]").click()
    row = page.get_by_test_id("message").filter(has_text="Models of this server")
    wanted = ".container.accented|.section .thumb img|.separator.divider|.select|.btn.link|.btn:disabled|.filecard"
    for selector in wanted.split("|"):
        await expect(row.locator(selector)).not_to_have_count(0)
    assert await row.locator(".unknown").count() == 0
    await expect(page.get_by_test_id("embed")).to_contain_text("Makes pictures in milliseconds.")


async def test_galleries_of_every_size_keep_their_shape(page: Page, chat: FakeChat) -> None:
    for count in range(1, 11):
        items = [m.media(f"/art/critters/{n}/64.png", 64, f"Picture {n}") for n in range(count)]
        await chat.post(m.v2(BOT, "201", m.gallery(*items)))
        gallery = page.get_by_test_id("message").last.locator(".gallery")
        await expect(gallery.locator(".tile")).to_have_count(count)
        assert await gallery.evaluate("g => g.scrollWidth <= g.clientWidth"), count
        tiles = gallery.locator(".tile")
        sides = await tiles.evaluate_all("all => all.map((t) => Math.round(t.getBoundingClientRect().width))")
        assert min(sides) >= 110, (count, sides)
        if count in (1, 4):
            assert sides[0] % 64 == 0, "small pictures grow by whole factors"
            assert await gallery.locator("img").first.evaluate("i => getComputedStyle(i).imageRendering") == "pixelated"


async def test_the_lightbox_walks_through_the_pictures(page: Page) -> None:
    await page.get_by_test_id("message").last.get_by_test_id("picture").first.click()
    box = page.get_by_test_id("lightbox")
    await expect(box).to_contain_text("1 of 4")
    await page.keyboard.press("ArrowLeft")
    await expect(box).to_contain_text("4 of 4")
    await page.keyboard.press("Escape")
    await expect(box).to_have_count(0)


async def test_nothing_is_wider_than_a_phone(tabs: Tabs, browser: Browser) -> None:
    phone = await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = await tabs.open(context=phone)
    for name in ("studio", "showcase", "training"):
        await page.get_by_label("Channels", exact=True).click()
        await page.locator(f"[data-testid=channel][data-label={name}]").click()
        await expect(page.locator("#channel-title")).to_have_text(name)
        assert await page.evaluate(TOO_WIDE) == []
        assert await page.evaluate(STRETCHED) == 0


async def test_everything_pressable_has_a_name_and_text_has_contrast(page: Page) -> None:
    await page.locator("[data-testid=channel][data-label=showcase]").click()
    assert await page.evaluate(NAMELESS) == []
    for _ in range(3):  # system, light, dark
        for ink in ("--text", "--text-2", "--text-3", "--link", "--accent-text", "--bad-text"):
            for paper in ("--chat", "--card", "--side-bg"):
                assert await page.evaluate(CONTRAST, [ink, paper]) >= 4.5, (ink, paper)
        await page.get_by_test_id("theme").click()


async def test_the_sources_stay_small_and_never_write_html() -> None:
    scripts: list[Path] = sorted((WEB / "static").rglob("*.js"))
    assert len(scripts) > 20
    for script in scripts:
        source = script.read_text("utf-8")
        assert len(source.splitlines()) <= 300, script
        assert not UNSAFE.search(source), script
