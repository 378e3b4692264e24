#!/bin/bash
# Builds the system of the image in a folder: Node.js, the Debian packages that it and the native addons link
# to, all in their newest versions. Adds no shell, no package manager and no SUID or SGID files
# (docs/adr/0014).
#   system.sh FOLDER
set -euo pipefail
root=$1
packages='base-files gcc-12-base libc6 libgcc-s1 libstdc++6'

# In Debian these four folders are links into /usr. Packages may use either path.
mkdir -p "$root/usr/lib" "$root/usr/lib64" "$root/usr/bin" "$root/usr/sbin"
for folder in bin lib lib64 sbin; do ln -s "usr/$folder" "$root/$folder"; done

downloads=$(mktemp -d)
cd "$downloads"
apt-get update -qq
# shellcheck disable=SC2086 # the packages are words
apt-get download -qq -o APT::Sandbox::User=root $packages

# Leaves out character-set converters, debugger support and documentation, but keeps licences. Writes the
# remaining files of each package to dpkg's lists, for vulnerability scanners.
info=$root/var/lib/dpkg/info
mkdir -p "$info"
for archive in *.deb; do
  package=$(dpkg-deb --field "$archive" Package)
  dpkg-deb --fsys-tarfile "$archive" | tar -xv -C "$root" --keep-directory-symlink \
    --exclude='./usr/lib/*/gconv' --exclude='./usr/share/gcc' --exclude='./usr/share/gdb' \
    --exclude='./usr/share/lintian' --exclude='./usr/share/base-files' --exclude='./etc/update-motd.d' \
    --exclude='./usr/share/doc/*/[!c]*' --exclude='./usr/share/doc/*/changelog*' \
    --exclude='./var/local' --exclude='./var/lock' --exclude='./var/tmp' \
    | sed -e 's:^\.::' -e 's:/$::' -e 's:^$:/.:' >"$info/$package.list"
  dpkg-deb --field "$archive" | sed 's/^Package: .*/&\nStatus: install ok installed/' >>"$root/var/lib/dpkg/status"
  echo >>"$root/var/lib/dpkg/status"
done
rm -rf "$downloads"

echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
printf 'root:x:0:0:root:/root:/usr/sbin/nologin\nnode:x:1000:1000::/nonexistent:/usr/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\nnode:x:1000:\n' >"$root/etc/group"

install -D /usr/local/bin/node "$root/usr/local/bin/node"
if [ -f /usr/local/LICENSE ]; then install -D -m 644 /usr/local/LICENSE "$root/usr/local/LICENSE"; fi
