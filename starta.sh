#!/bin/sh
# Startar malstyr i JupyterLab, med rundturen bland de dumma frågorna öppen.
# I terminalen: sh starta.sh    (i Windows: dubbelklicka på starta.cmd, som gör samma steg)
set -u
cd "$(dirname "$0")" || exit 1

stanna() {
  printf '%s\n' "$@" >&2
  exit 1
}

# 1. Hitta ett aktivt conda med malstyr i, annars uv.
if [ -n "${CONDA_PREFIX:-}" ] && [ -x "$CONDA_PREFIX/bin/malstyr" ]; then
  redskap=conda
elif command -v uv >/dev/null 2>&1; then
  redskap=uv
elif python3 -m uv --version >/dev/null 2>&1; then
  redskap=python3
else
  stanna "Programmet uv saknas. Hämta det så här: python3 -m pip install uv" \
    "Kör sedan starta.sh igen."
fi

med_uv() {
  if [ "$redskap" = uv ]; then uv "$@"; else python3 -m uv "$@"; fi
}

malstyr() {
  if [ "$redskap" = conda ]; then
    "$CONDA_PREFIX/bin/malstyr" "$@"
  else
    med_uv run --no-sync malstyr "$@"
  fi
}

har_siffror() {
  for bild in "$1"/snapshots/*.json; do
    [ -f "$bild" ] && return 0
  done
  return 1
}

# 2. Gör i ordning programmets delar, i de versioner som står i uv.lock.
if [ "$redskap" != conda ]; then
  echo "Gör i ordning programmets delar. Första gången tar det någon minut."
  med_uv sync --frozen --no-dev --inexact ||
    stanna "Programmets delar kunde inte hämtas. Se felet ovan och försök igen med internet."
fi

# 3. Finns inga egna siffror: gör övningsmappen, en gång.
if har_siffror "${MALSTYR_STORE:-lager}"; then
  set --
else
  if ! har_siffror output/ovning/lager; then
    echo "Det finns inga siffror i mappen lager. Gör en påhittad kommun att öva på."
    malstyr demo
    har_siffror output/ovning/lager ||
      stanna "Övningen kunde inte göras i ordning. Se felet ovan."
  fi
  set -- --params output/ovning/params --lager output/ovning/lager
fi

# 4. Öppna rundturen. JupyterLab nås bara från den här datorn och bakom ett lösenord.
echo "Startar JupyterLab. Avsluta med Ctrl+C."
malstyr labb --notebook dumma_fragor "$@"
