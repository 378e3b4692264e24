/** Addresses of photos that the browser keeps until they are released. */
export function createPhotoUrls() {
  /** @type {string[]} */
  let urls = [];
  return {
    /** @param {File} file */
    of(file) {
      const url = URL.createObjectURL(file);
      urls.push(url);
      return url;
    },
    release() {
      for (const url of urls) URL.revokeObjectURL(url);
      urls = [];
    },
  };
}
