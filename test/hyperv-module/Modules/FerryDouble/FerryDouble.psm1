# The engine behind the doubles of Windows' modules: types and commands made from data, and the wire
# to the simulator. PowerShell 7 only: it runs in tests, never on a user's host.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$DataFolder = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")

. "$PSScriptRoot/Cache.ps1"
. "$PSScriptRoot/Types.ps1"
. "$PSScriptRoot/Objects.ps1"
. "$PSScriptRoot/Cim.ps1"
. "$PSScriptRoot/Wire.ps1"
. "$PSScriptRoot/Lacks.ps1"
. "$PSScriptRoot/Watch.ps1"
. "$PSScriptRoot/Commands.ps1"
. "$PSScriptRoot/Invoke.ps1"

Initialize-DoubleType
Initialize-CimSerializer
Initialize-Lack
