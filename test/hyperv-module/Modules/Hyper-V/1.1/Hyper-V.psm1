# The double of the module for hosts before 2016, which later hosts have beside their own.
Import-Module "$PSScriptRoot/../../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'Hyper-V' '1.1')
. "$PSScriptRoot/../../FerryDouble/UncPath.ps1"
