/** Bytes that are not what the standard says they should be. Parsers throw only this, whatever they are fed. */
export class MalformedMedia extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MalformedMedia";
  }
}
