import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// For work on the page itself: `vite` serves it, and asks the running gateway for everything else.
const gateway = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2022', sourcemap: true },
  server: {
    proxy: { '/api': gateway, '/docs': gateway, '/openapi.json': gateway, '/asyncapi.json': gateway },
  },
});
