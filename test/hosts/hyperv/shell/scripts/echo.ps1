# Answers with what it was given.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$Given
