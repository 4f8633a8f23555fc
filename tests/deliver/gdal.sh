#!/usr/bin/env bash
# Every file as GDAL sees it: no warning, features in every layer; the GeoPackage by GDAL's own validator.
# Usage: gdal.sh FOLDER
set -euo pipefail
folder=$1
for file in "$folder"/*.gpkg "$folder"/*.geojson; do
  said=$(ogrinfo -ro -al -so "$file" 2>&1)
  if grep -qiE 'warning|error' <<<"$said"; then
    echo "$file:"; grep -iE 'warning|error' <<<"$said"; exit 1
  fi
  grep -q 'Feature Count: [1-9]' <<<"$said" || { echo "$file has no features"; exit 1; }
done
python=${SYSTEM_PYTHON:-/usr/bin/python3}
validator=$("$python" -c 'import importlib.util as u; print(u.find_spec("osgeo_utils.samples.validate_gpkg").origin)')
"$python" "$validator" "$folder/coverage.gpkg"
echo "GDAL $(ogrinfo --version | cut -d' ' -f2 | tr -d ,) reads every file without complaint"
