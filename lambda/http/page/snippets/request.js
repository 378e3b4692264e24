// What a snippet is made of. Only types: nothing here runs.

/**
 * What the page sent, in the words of the API.
 *
 * @typedef {object} SnippetRequest
 * @property {'file' | 'url' | 'batch'} kind
 * @property {readonly { name: string }[]} files one for `file`, several for `batch`, none for `url`
 * @property {string | undefined} url of the image, for `url`
 * @property {string | undefined} download URL of the file, if the reader does not have it
 * @property {number} topK
 * @property {string | undefined} model undefined for the default model
 * @property {number | undefined} explain how many classes are explained; undefined for none
 * @property {string} base absolute URL of the service; ends with a slash
 * @property {'unknown' | 'api-key' | 'iam' | 'jwt'} auth what the gateway requires of predictions
 * @property {boolean} hasCredential whether the page sent a key or a token. Its value is never part of a snippet
 */

/**
 * @typedef {object} Snippet
 * @property {string} id of its tab, unique on the page
 * @property {string} title of its tab
 * @property {(request: SnippetRequest) => string} make
 */

export {};
