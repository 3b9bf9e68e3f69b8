import { join } from "node:path";
import { runTool } from "./tool.ts";

/** PEM files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a certificate that nobody has signed but itself, as cameras have one, in a folder. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const certificate = join(folder, "camera-certificate.pem");
  const key = join(folder, "camera-key.pem");
  const subject = ["-subj", "/CN=camera", "-days", "2"];
  const files = ["-keyout", key, "-out", certificate];
  await runTool("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...subject, ...files]);
  return { certificate, key };
}
