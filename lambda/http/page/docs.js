// Shows the OpenAPI document of this service in Swagger UI. All addresses are relative to the page.
const dark = matchMedia('(prefers-color-scheme: dark)');
const followScheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', followScheme);
followScheme();

const documentUrl = new URL('openapi.json', document.baseURI).href;

/** The document names its server by a relative address, which readers could not use. */
function withAbsoluteServers(text) {
  const api = JSON.parse(text);
  for (const server of api.servers) server.url = new URL(server.url, documentUrl).href.replace(/\/$/, '');
  return JSON.stringify(api);
}

globalThis.SwaggerUIBundle({
  url: 'openapi.json',
  responseInterceptor: (response) => {
    if (response.url === documentUrl) response.text = withAbsoluteServers(response.text);
    return response;
  },
  dom_id: '#reference',
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // The badge would send the document's address to swagger.io.
  validatorUrl: null,
});
