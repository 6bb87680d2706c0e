# Runs the commands in `text`, as if they stood here.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
. ([scriptblock]::Create($Given.text)) $Given
