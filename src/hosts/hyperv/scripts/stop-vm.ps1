# Asks the guest to shut down, and waits as long as Windows does. Never with -Force: that ends in a power cut.
# Given: as Invoke-VmAct. Answers { name, was, state, failure ({ message, hresult }) }.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Invoke-VmAct $Given {
  param($VM)
  $was = [string] $VM.State
  $failure = $null
  if ($was -notlike 'Off*') {
    try { Stop-VM -VM $VM -Confirm:$false }
    catch {
      $fact = Get-ErrorFact $_
      $failure = [ordered]@{ message = $fact.message; hresult = $fact.hresult }
    }
  }
  [ordered]@{ name = [string] $VM.Name; was = $was; state = [string] (Find-Vm $Given).State; failure = $failure }
}
