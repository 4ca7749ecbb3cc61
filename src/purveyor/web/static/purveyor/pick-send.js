// Between the page and the hub: is the list still what it was, what is this symbol, and all that was picked at once.
(() => {
  "use strict";
  const pick = window.purveyorPick;
  const EVERY = 15000;
  const PATIENCE = 20000;

  async function ask(address, more = {}) {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, ...more });
    if (answer.redirected) throw Object.assign(new Error("signed out"), { signedOut: true });
    const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
    if (!told) throw new Error(String(answer.status));
    return told;
  }

  class Hub {
    // ``changed`` is told what the hub says of the list, whenever that is asked for; ``gone`` that it cannot be reached.
    constructor({ told, token, changed, gone }) {
      Object.assign(this, { told, token, changed, gone });
      const look = () => { if (!document.hidden) this.look(); };
      setInterval(look, EVERY);
      document.addEventListener("visibilitychange", look);
      window.addEventListener("online", look);
      window.addEventListener("offline", () => this.gone());
    }

    async look() {
      try {
        this.changed(await ask(this.told.addresses.now));
      } catch (error) {
        this.gone(error);
      }
    }

    // What a symbol is; undefined where nobody can say now.
    async name(code) {
      try {
        return await ask(`${this.told.addresses.code}?${new URLSearchParams({ code })}`);
      } catch {
        return undefined;
      }
    }

    // Sends what was picked and answers ``next``, ``error`` with ``lines``, or throws where no reply came.
    send(picked) {
      const headers = { "X-CSRFToken": this.token, Accept: "application/json" };
      return ask(this.told.addresses.take, { method: "POST", headers, body: new URLSearchParams({ picked }), signal: AbortSignal.timeout(PATIENCE) });
    }
  }

  pick.Hub = Hub;
})();
