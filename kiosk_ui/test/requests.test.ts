import assert from "node:assert/strict";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { Refused, Unreachable, ask } from "../src/requests.ts";

let server: Server;
let origin = "";

before(async () => {
  server = createServer((request, response) => {
    if (request.url === "/broken") {
      response.writeHead(201, { "content-type": "application/json", "content-length": "100" });
      response.write('{"revision": 1', () => response.destroy());
    } else if (request.url === "/refused") response.writeHead(409).end("no problem document");
    else if (request.url === "/away") response.writeHead(502).end();
    else response.writeHead(200, { "content-type": "application/json" }).end('{"revision":1}');
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => server.close());

test("an answer that broke off is no answer, whatever it began with", async () => {
  await assert.rejects(ask("POST", `${origin}/broken`, {}), Unreachable);
});

test("a refusal is a refusal, and a server that is away has not answered", async () => {
  await assert.rejects(ask("POST", `${origin}/refused`, {}), (error) => error instanceof Refused && error.status === 409);
  await assert.rejects(ask("POST", `${origin}/away`, {}), Unreachable);
  assert.deepEqual(await ask("POST", `${origin}/fine`, {}), { revision: 1 });
});
