// Forms that ask the browser for a passkey before they are sent. Browsers have passkeys only over https and on this machine.
import { sendForm } from './away.js';

// They belong to a name, and an address is none. This machine's own has one: localhost.
const isAddress = /^([\d.]+|\[.*\])$/.test(location.hostname);
const works = !isAddress && globalThis.isSecureContext && 'PublicKeyCredential' in globalThis && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

for (const part of document.querySelectorAll('[data-passkeys]')) {
  part.querySelector('[data-passkeys-missing]')?.toggleAttribute('hidden', works || isAddress);
  part.querySelector('[data-passkeys-address]')?.toggleAttribute('hidden', !isAddress);
  const named = part.querySelector('[data-passkeys-named]');
  if (named && isAddress && /^(127\.|\[::1\])/.test(location.hostname)) {
    named.querySelector('a').href = `${location.protocol}//localhost${location.port && `:${location.port}`}${location.pathname}`;
    named.hidden = false;
  }

  part.querySelector('[data-passkeys-form]')?.toggleAttribute('hidden', !works);
}

let isAsking = false;

addEventListener('submit', async e => {
  const form = e.target;
  const kind = form.dataset.passkey;
  if (!kind || !works || isAsking) {
    return;
  }

  isAsking = true;
  const problem = form.querySelector('[data-passkey-problem]');
  problem.hidden = true;
  try {
    const options = JSON.parse(form.dataset.options);
    const credential = kind === 'create'
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    form.elements.Credential.value = JSON.stringify(credential);
    await sendForm(form);
  } catch {
    // The person turned back, or the browser found none.
    problem.hidden = false;
  } finally {
    isAsking = false;
  }
});
