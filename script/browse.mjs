// Use Home Assistant's pages in Chromium as a person does: log in, open the media browser, go from the locker
// to a track, hear it in the page, then play its album on a player.
//
//   node script/browse.mjs CHROMIUM URL USER PASSWORD PLAYER [FOLDER]
//
// What was seen is printed as one line of JSON. Pictures of it go to FOLDER.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [executablePath, base, user, password, player, folder] = process.argv.slice(2);
const [ARTIST, ALBUM, TRACK] = ["Marta Quill", "Ink", "Paper Ink"];
const LIMIT = 20_000; // milliseconds for any one step
const QUIET = 400; // milliseconds without a request for a picture, after which a page is complete
const HEARD = 1.5; // seconds of a track that the page has to play
const FAULT = "not caught:";
const FIRST_LINES = 40; // of a list

const seen = { errors: [], refused: [], covers: {}, lists: {} };

/** Print what nobody caught: a rejection of Home Assistant's websocket is no Error, and would be told as "Object". */
function printFaults(fault) {
  window.addEventListener("error", (event) => console.log(fault, event.message));
  window.addEventListener("unhandledrejection", ({ reason }) =>
    console.log(fault, reason instanceof Error ? reason.stack : JSON.stringify(reason)),
  );
}

/** The frontend plays with an element that is in no document: keep every one that is made. */
function keepSounds() {
  const Original = window.Audio;
  window.sounds = [];
  window.Audio = function Audio(...address) {
    const element = new Original(...address);
    window.sounds.push(element);
    return element;
  };
}

class MediaBrowser {
  #page;
  #pictures = new Set(); // requests that have not ended
  #last = Date.now(); // when one began or ended
  #covers = 0;

  constructor(page) {
    this.#page = page;
    page.on("request", (request) => this.#follow(request, "add"));
    page.on("requestfinished", (request) => this.#follow(request, "delete"));
    page.on("requestfailed", (request) => this.#follow(request, "delete"));
    page.on("response", (response) => this.#note(response));
    page.on("console", (message) => {
      if (message.text().startsWith(FAULT)) seen.errors.push(message.text());
    });
  }

  #follow(request, change) {
    if (!/\/artwork\/|\/media_player_proxy\//.test(request.url())) return;
    this.#pictures[change](request);
    this.#last = Date.now();
  }

  #note(response) {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith("/api/") || pathname.startsWith("/api/brands/")) return; // no logos without the internet
    if (response.status() >= 400) seen.refused.push(`${response.status()} ${pathname}`);
    else if (pathname.includes("/artwork/") && response.headers()["content-type"].startsWith("image/")) this.#covers++;
  }

  async logIn() {
    const page = this.#page;
    await page.goto(`${base}/media-browser/browser`, { waitUntil: "domcontentloaded" });
    await page.locator('input[name="username"]').fill(user);
    await page.locator('input[name="password"]').fill(password);
    await page.locator('input[name="password"]').press("Enter");
    await this.shown("Music Locker").waitFor();
  }

  /** What a person sees: cards have hidden tooltips with the same words. */
  shown(text) {
    return this.#page.getByText(text, { exact: true }).filter({ visible: true }).first();
  }

  /** Open one after another, and note what the last one holds, and how many covers it came with. */
  async open(...titles) {
    const before = this.#covers;
    for (const title of titles) {
      await this.shown(title).click();
      await this.#page.locator("ha-top-app-bar-fixed").getByText(title, { exact: true }).first().waitFor();
    }
    const title = titles.at(-1);
    const entries = this.#page.locator("ha-media-player-browse .child .title, ha-media-player-browse ha-list-item .title");
    await entries.first().waitFor();
    await this.#complete();
    seen.lists[title] = (await entries.allInnerTexts()).map((text) => text.trim()).slice(0, FIRST_LINES);
    seen.covers[title] = this.#covers - before;
  }

  async back(times) {
    for (let i = 0; i < times; i++) {
      await this.#page.locator("ha-icon-button-arrow-prev").click();
      await this.#complete();
    }
  }

  /** Play a track in the page until some of it was heard. */
  async hear(title) {
    await this.#page.locator("ha-list-item").getByText(title, { exact: true }).first().click();
    const playing = await this.#page.waitForFunction((least) => {
      const sound = window.sounds.find((one) => !one.paused && one.currentTime > least);
      return sound && { seconds: sound.currentTime, duration: sound.duration };
    }, HEARD);
    seen.heard = await playing.jsonValue();
  }

  /** Play what is open on a player, until the bar below shows that it plays. */
  async playOn(name) {
    await this.#page.locator("ha-bar-media-player ha-media-player-picker").click();
    await this.shown(name).click();
    await this.shown("Play").click();
    const bar = this.#page.locator("ha-bar-media-player");
    await bar.getByText(seen.lists[ALBUM][0], { exact: true }).first().waitFor();
    await bar.locator("img").first().waitFor();
    await this.#complete();
  }

  async openPlayer() {
    await this.#page.locator("ha-bar-media-player").getByText(ARTIST, { exact: true }).first().click();
    await this.#page.locator("ha-more-info-dialog").getByText(ARTIST).first().waitFor();
    await this.#complete();
  }

  async picture(name) {
    if (!folder) return;
    await this.#page.mouse.move(0, 0);
    await this.#complete();
    await this.#page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
  }

  /** Wait until what is open has its pictures, and nothing moves any more. */
  async #complete() {
    this.#last = Date.now();
    const end = Date.now() + LIMIT;
    while (this.#pictures.size > 0 || Date.now() - this.#last < QUIET) {
      if (Date.now() > end) throw new Error("a picture does not come");
      await new Promise((resolve) => setTimeout(resolve, QUIET / 8));
    }
  }
}

async function walk(browser) {
  await browser.logIn();
  await browser.open("Music Locker", "MP3tunes");
  await browser.open("Artists");
  await browser.open(ARTIST);
  await browser.picture("artist");
  await browser.open(ALBUM);
  await browser.hear(TRACK);
  await browser.picture("in-the-page");
  await browser.playOn(player);
  await browser.picture("on-a-player");
  await browser.back(3);
  await browser.open("Albums");
  await browser.picture("albums");
  await browser.openPlayer();
  await browser.picture("player");
}

const profile = mkdtempSync(join(tmpdir(), "music-locker-browser-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  viewport: { width: 1100, height: 700 },
  locale: "en-GB",
  serviceWorkers: "block",
  args: [
    ...(process.getuid() === 0 ? ["--no-sandbox"] : []), // Chromium's own needs a user who is not root
    "--autoplay-policy=no-user-gesture-required", "--disable-gpu", "--disable-quic", "--mute-audio", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
context.setDefaultTimeout(LIMIT);
try {
  // Nothing but Home Assistant itself, whatever a page asks for.
  await context.route((url) => url.host !== new URL(base).host, (route) => route.abort());
  const page = context.pages()[0] ?? (await context.newPage());
  await page.addInitScript(keepSounds);
  await page.addInitScript(printFaults, FAULT);
  try {
    await walk(new MediaBrowser(page));
  } catch (error) {
    if (folder) await page.screenshot({ path: join(folder, "failed.png") });
    throw error;
  }
  console.log(JSON.stringify(seen));
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
