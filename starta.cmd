@echo off
rem Startar malstyr i JupyterLab, med rundturen dumma_fragor. Samma steg som i starta.sh.
rem Bara ASCII och CRLF, som alla versioner av Windows kan visa.
setlocal
pushd "%~dp0"
set "KOD=1"
set "CONDA="
set "UV="

rem 1. Hitta ett aktivt conda med malstyr i, annars uv.
if defined CONDA_PREFIX if exist "%CONDA_PREFIX%\Scripts\malstyr.exe" set "CONDA=ja"
if defined CONDA goto siffror
where uv >nul 2>nul
if not errorlevel 1 set "UV=uv"
if defined UV goto delar
py -m uv --version >nul 2>nul
if not errorlevel 1 set "UV=py -m uv"
if defined UV goto delar
python -m uv --version >nul 2>nul
if not errorlevel 1 set "UV=python -m uv"
if defined UV goto delar
echo Programmet uv saknas. Klicka i Utforskarens rad med mappens namn, skriv powershell,
echo tryck Retur, och skriv sedan: py -m pip install uv
echo Saknas Python: https://www.python.org/downloads/ har det, version 3.11 eller senare.
echo Klicka sedan igen.
goto slut

rem 2. Programmets delar, i de versioner som finns i uv.lock.
:delar
echo Laddar ner programmets delar. Det kan ta ett par minuter.
%UV% sync --frozen --no-dev --inexact
if not errorlevel 1 goto siffror
echo Programmets delar kunde inte laddas ner. Se felet ovan, kontrollera internet och prova igen.
goto slut

rem 3. Finns inga egna siffror: skapa en kommun att prova med.
:siffror
set "LAGER=lager"
if defined MALSTYR_STORE set "LAGER=%MALSTYR_STORE%"
set "VAR="
if exist "%LAGER%\snapshots\*.json" goto labb
set "VAR=--params output\ovning\params --lager output\ovning\lager"
if exist "output\ovning\lager\snapshots\*.json" goto ovning
echo Inga siffror finns i mappen lager. Skapar en kommun att prova med. Det tar ett par minuter.
call :malstyr demo
if exist "output\ovning\lager\snapshots\*.json" goto ovning
echo Det gick inte att skapa en kommun att prova med. Se felet ovan.
goto slut

:ovning
echo Visar output\ovning: pahittade siffror att prova med, inte kommunens egna.

rem 4. Rundturen. Bara den egna datorn kommer in, och bara med kod.
:labb
echo Startar JupyterLab. Avsluta med Ctrl+C, och svara J om det kommer en fraga.
call :malstyr labb --notebook dumma_fragor %VAR%
set "KOD=%errorlevel%"

:slut
popd
pause
exit /b %KOD%

:malstyr
if defined CONDA (
  "%CONDA_PREFIX%\Scripts\malstyr.exe" %*
) else (
  %UV% run --no-sync malstyr %*
)
exit /b %errorlevel%
