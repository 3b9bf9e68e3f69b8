import { open } from "node:fs/promises";

/** One box of an MP4 file (ISO/IEC 14496-12, 4.2): where it lies and what is in it, if it was read. */
export interface Box {
  readonly type: string;
  readonly start: number;
  readonly sizeBytes: number;
}

export interface SampleTable {
  readonly handler: "vide" | "soun" | string;
  readonly samples: number;
}

/** The boxes of a file's top level, in order. Throws where the sizes do not add up to the file. */
export async function topLevelBoxes(file: string): Promise<Box[]> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const boxes: Box[] = [];
    for (let at = 0; at < size; ) {
      const header = Buffer.alloc(16);
      await handle.read(header, 0, 16, at);
      const box = boxAt(header, 0, at, size - at);
      boxes.push(box);
      at += box.sizeBytes;
    }
    return boxes;
  } finally {
    await handle.close();
  }
}

/** The tracks of the file's last `moov` with the number of samples in their `stsz`. */
export async function sampleTables(file: string): Promise<SampleTable[]> {
  const moov = (await topLevelBoxes(file)).findLast((box) => box.type === "moov");
  if (moov === undefined) throw new Error(`${file} has no moov`);
  const handle = await open(file);
  const bytes = Buffer.alloc(moov.sizeBytes);
  await handle.read(bytes, 0, bytes.length, moov.start);
  await handle.close();
  return children(bytes)
    .filter((box) => box.type === "trak")
    .map((trak) => {
      const mdia = child(body(bytes, trak), "mdia");
      const hdlr = child(mdia, "hdlr");
      const stsz = child(child(child(mdia, "minf"), "stbl"), "stsz");
      return { handler: hdlr.toString("latin1", 16, 20), samples: stsz.readUInt32BE(16) };
    });
}

/** The bytes of the one child of a type, header included. */
function child(parent: Buffer, type: string): Buffer {
  const found = children(parent).find((box) => box.type === type);
  if (found === undefined) throw new Error(`no ${type} in ${parent.toString("latin1", 4, 8)}`);
  return body(parent, found);
}

function body(parent: Buffer, box: Box): Buffer {
  return parent.subarray(box.start, box.start + box.sizeBytes);
}

/** The boxes in a box that is nothing but boxes. */
function children(parent: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 8; at < parent.length; ) {
    const box = boxAt(parent, at, at, parent.length - at);
    boxes.push(box);
    at += box.sizeBytes;
  }
  return boxes;
}

function boxAt(bytes: Buffer, offset: number, start: number, leftBytes: number): Box {
  const type = bytes.toString("latin1", offset + 4, offset + 8);
  const size32 = bytes.readUInt32BE(offset);
  const sizeBytes = size32 === 1 ? Number(bytes.readBigUInt64BE(offset + 8)) : size32;
  if (sizeBytes < 8 || sizeBytes > leftBytes)
    throw new Error(`the box "${type}" at ${start} says ${sizeBytes} bytes where ${leftBytes} are left`);
  return { type, start, sizeBytes };
}
