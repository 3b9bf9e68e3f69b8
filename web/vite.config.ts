import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The light build leaves out subtitles, alternative audio and DRM, which footage does not have.
  resolve: { alias: [{ find: /^hls\.js$/, replacement: "hls.js/light" }] },
  build: { outDir: "dist", emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 600 },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { "/api": { target: "http://127.0.0.1:8470", changeOrigin: true } },
  },
});
