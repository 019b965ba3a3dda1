// What there is to be found: a server on the machine's own loopback, which writes down who reaches it, and other apps.
const given = new URLSearchParams(location.search);
export const port = given.get("port") ?? "9";
export const neighbour = given.get("neighbour") ?? "hello.yunos.com";
export const outside = (name) => `http://127.0.0.1:${port}/${name}`;
export const foreign = `page://${neighbour}/app.js`;

// Whether an element that is put into the page loads; true, or an error's absence.
export const loads = (tag, attributes, parent = document.body) =>
  new Promise((resolve) => {
    const element = document.createElement(tag);
    element.onload = element.oncanplay = element.onloadeddata = () => resolve(true);
    element.onerror = () => resolve(false);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    parent.append(element);
  });

// What was asked for does not answer the page: the server tells whether it came.
export const sent = async (send) => {
  await send();
  await new Promise((resolve) => setTimeout(resolve, 200));
  return false;
};
