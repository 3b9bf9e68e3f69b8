import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeBox } from "../media/isobmff/box.ts";
import { identityUdta, readIdentity, type SegmentIdentity } from "./segment-identity.ts";

const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"));
const identity: fc.Arbitrary<SegmentIdentity> = fc.record({
  tenantId: fc.maxSafeNat(),
  cameraId: fc.maxSafeNat(),
  cameraUuid: fc.uuid(),
  runId: fc.uuid(),
  number: fc.nat(0xffffffff),
  startMs: fc.maxSafeNat(),
  kind: fc.constantFrom("continuous", "scheduled", "motion", "manual"),
  clockSuspect: fc.boolean(),
  end: fc.option(
    fc.record({
      endMs: fc.maxSafeNat(),
      repaired: fc.boolean(),
      payloadSha256: hex,
      chain: fc.record({ previous: hex, value: hex }),
    }),
  ),
});

describe("what a segment says of itself", () => {
  it("comes back from its moov as it went in, in a box that is always of one size", () => {
    const size = new Set<number>();
    fc.assert(
      fc.property(identity, (given) => {
        const udta = identityUdta(given);
        size.add(udta.length);
        expect(readIdentity(writeBox("moov", writeBox("mvhd"), udta))).toEqual(given);
      }),
    );
    expect(size.size).toBe(1);
  });

  it("is null in files of others", () => {
    expect(readIdentity(writeBox("moov", writeBox("mvhd")))).toBeNull();
    expect(readIdentity(writeBox("moov", writeBox("udta", writeBox("meta"))))).toBeNull();
    expect(readIdentity(writeBox("moov", writeBox("udta", writeBox("uuid", Buffer.alloc(200)))))).toBeNull();
    expect(readIdentity(writeBox("moov", writeBox("udta", writeBox("uuid"))))).toBeNull();
  });
});
