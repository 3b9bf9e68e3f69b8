import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NightjarError } from "../base/error.ts";
import { redact } from "../base/redact.ts";
import { runProgram } from "../media/made-footage.contract.ts";
import { type StreamSource, shownUrl, sourceInput } from "./source.ts";

const CAMERA: StreamSource = { url: "rtsp://10.0.0.7:554/main", username: null, password: null, transport: "tcp" };

/** How ffmpeg's script reads a quoted word: within quotes everything is literal, outside a backslash takes the next character. */
function unquoted(word: string): string {
  return word
    .replaceAll("'\\''", "\u0000")
    .replace(/^'([^']*)'$/, "$1")
    .replaceAll("\u0000", "'");
}

const printable = fc.string({ unit: "grapheme-composite", minLength: 1, maxLength: 20 });
const hostile = fc.string({
  unit: fc.constantFrom(
    "'",
    '"',
    "\\",
    "\n",
    "\r",
    "\t",
    " ",
    "%",
    "#",
    "?",
    "@",
    ":",
    "/",
    "option x y",
    "file '",
    "é",
  ),
  minLength: 1,
  maxLength: 12,
});

describe("the input of a source", () => {
  it("never has the password in its arguments", () => {
    fc.assert(
      fc.property(fc.oneof(printable, hostile), fc.oneof(printable, hostile), (username, password) => {
        const secret = `x${password}x`;
        const input = sourceInput({ ...CAMERA, username: `u${username}`, password: secret });
        expect(input.arguments.join(" ")).not.toContain(secret);
        expect(input.arguments.join(" ")).not.toContain(encodeURIComponent(secret));
      }),
    );
  });

  it("is one script of one file and one option, whatever stands in address, name and password", () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (path, username, password) => {
        const url = `rtsp://10.0.0.7/${path}?a=${path}`;
        const { stdin } = sourceInput({ ...CAMERA, url, username, password });
        const [version, file = "", option, end, ...more] = stdin.split("\n");
        expect([version, option, end, more]).toEqual(["ffconcat version 1.0", "option rtsp_transport tcp", "", []]);
        const opened = new URL(unquoted(file.slice("file ".length)));
        expect(file).toMatch(/^file '/);
        expect(opened.host).toBe("10.0.0.7");
        expect(decodeURIComponent(opened.username)).toBe(username);
        expect(decodeURIComponent(opened.password)).toBe(password);
        expect(`${opened.pathname}${opened.search}`).toBe(`${new URL(url).pathname}${new URL(url).search}`);
      }),
    );
  });

  it("keeps credentials in a form that no log lets through", () => {
    fc.assert(
      fc.property(fc.oneof(printable, hostile), (password) => {
        const { stdin } = sourceInput({ ...CAMERA, username: "admin", password: `se'cr${password}et` });
        const [, file = ""] = stdin.split("\n");
        expect(redact(`Impossible to open ${file}`)).toBe("Impossible to open file 'rtsp://***@10.0.0.7:554/main'");
      }),
    );
  });

  it("opens nothing but what the scheme needs", () => {
    const whitelist = (url: string) => {
      const { arguments: given } = sourceInput({ ...CAMERA, url });
      return given[given.indexOf("-protocol_whitelist") + 1];
    };
    expect(whitelist("rtsp://camera/main")).toBe("pipe,rtsp,rtp,udp,tcp");
    expect(whitelist("https://camera/main")).not.toContain("file");
    expect(whitelist("file:///srv/film.mp4")).toBe("file");
    for (const url of ["ftp://camera/x", "concat:a|b", "not a url", "data:,x"]) {
      expect(() => sourceInput({ ...CAMERA, url })).toThrow(NightjarError);
    }
  });

  it("names files by their path, and refuses paths that cannot be", () => {
    const file = (url: string) => sourceInput({ ...CAMERA, url }).arguments.at(-1);
    expect(file("file:///srv/-i%20odd%27name.mp4")).toBe("file:/srv/-i odd'name.mp4");
    for (const url of ["file:///srv/%ff", "file:///srv/a%00b"]) {
      expect(() => sourceInput({ ...CAMERA, url })).toThrow(NightjarError);
    }
  });

  it("is a moving picture for pattern:, of the size and rate asked for, and nothing else can be slipped in", async () => {
    const pattern = (query: string) => sourceInput({ ...CAMERA, url: `pattern:clock?${query}` });
    const { arguments: given, sound, synthetic } = pattern("size=160x120&fps=10&sound=1");
    expect([sound, synthetic]).toEqual(["1:a:0", true]);
    const silent = ["-loglevel", "error", ...given.filter((word) => word !== "-re"), "-frames:v", "2"];
    const raw = await runProgram("ffmpeg", [...silent, "-pix_fmt", "gray", "-f", "rawvideo", "pipe:1"]);
    expect(raw.length).toBe(2 * 160 * 120);
    expect(pattern("").sound).toBeNull();
    for (const query of ["size=160x120,movie=/etc/passwd", "fps=0", "fps=61", "fps=1.5", "size=1x1", "fps=abc"]) {
      expect(() => pattern(query)).toThrow(NightjarError);
    }
  });

  it("is shown without credentials", () => {
    expect(shownUrl("rtsp://admin:secret@10.0.0.7/main?x=1")).toBe("rtsp://10.0.0.7/main?x=1");
    expect(shownUrl("nonsense")).toBe("(not a URL)");
  });
});
