# What is not there: because the release that the simulator plays lacks it, or because the module that
# was loaded is an old one (releases/*.json).

# { modules, cmdlets, parameters: cmdlet -> names, properties: class -> names }
$Lacks = [System.Collections.Generic.List[object]]::new()

# Without a simulator nothing is lacking.
function Initialize-Lack {
  if (-not $env:FERRY_DOUBLE_URL) { return }
  $played = Send-Double GET "/profile?host=$([uri]::EscapeDataString($env:FERRY_DOUBLE_HOST))"
  if (Test-Key $played 'lacks') { $Lacks.Add($played.lacks) }
}

# For all that is loaded from now on.
function Add-OldModule([string] $Module, [string] $Version) {
  $text = [System.IO.File]::ReadAllText("$DataFolder/releases/$Module-$Version.json")
  $Lacks.Add((ConvertFrom-Json -InputObject $text).lacks)
}

# Names that are lacking: cmdlets and modules of all, parameters of a cmdlet, properties of a class;
# those under "*" are lacking everywhere.
function Get-Lack([string] $What, [string] $Of) {
  $found = foreach ($lacks in $Lacks) {
    $names = Get-Field $lacks $What
    if ($null -eq $names) { continue }
    if (-not $Of) { $names }
    else { Get-Field $names '*'; Get-Field $names $Of }
  }
  return , @($found).Where({ $null -ne $_ })
}

# Whoever looks for a cmdlet that the release lacks, by calling it or by Get-Command, is told of: so a
# test can see that each lack was met.
function Watch-Lack {
  if ((Get-Lack 'cmdlets').Count -eq 0) { return }
  $ExecutionContext.InvokeCommand.CommandNotFoundAction = {
    param($Name)
    if ($Name -notin (Get-Lack 'cmdlets')) { return }
    $met = ConvertTo-AsciiJson @{ host = $env:FERRY_DOUBLE_HOST; cmdlet = $Name }
    [void] (Send-Double POST '/met' $met)
  }
}
