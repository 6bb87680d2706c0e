# Functions with the names, parameters, parameter sets and validation of the data in cmdlets/<module>/.
# A parameter set is a line as `Get-Command -Syntax` writes it. Few calls and no pipelines here: each
# PowerShell of each test imports these modules.

$ParameterPattern = [regex]::new('(\[{0,2})-(\w+)(\]?)(?: <([^>]+)>)?\]?', 'Compiled')
# Names in the data for what PowerShell 5.1 and 7 know by themselves.
$OwnTypes = @{ IDictionary = 'System.Collections.IDictionary' }
foreach ($name in 'string', 'guid', 'version', 'uri', 'hashtable', 'psobject', 'object', 'pscredential', 'securestring') { $OwnTypes[$name] = $name }
# Their values are neither null nor empty anyway.
$NeverEmpty = @{}
foreach ($name in 'int', 'long', 'uint16', 'uint32', 'uint64', 'int16', 'byte', 'bool', 'char', 'datetime', 'timespan') {
  $OwnTypes[$name] = $name
  $NeverEmpty[$name] = $true
}
$PipelineWords = @{
  value = ', ValueFromPipeline'
  name = ', ValueFromPipelineByPropertyName'
  both = ', ValueFromPipeline, ValueFromPipelineByPropertyName'
}
# The path of a script with the functions of a module, for the module to run in its own scope; without
# what the release lacks, and for an old version what that lacks.
function Get-DoubleSource([string] $Module, [string] $OldVersion) {
  Set-OldModule $Module $OldVersion
  $files = @(Get-DataFile "cmdlets/$Module") + @(Get-DataFile 'types') + "$PSScriptRoot/Commands.ps1"
  $lacking = if ($Module -eq 'Hyper-V') { ConvertTo-Json -InputObject $Lacks -Depth 8 -Compress } else { $Module -in (Get-Lack 'modules') }
  return Get-Made $files $lacking '.ps1' {
    param($path)
    [System.IO.File]::WriteAllText($path, (New-ModuleSource $Module))
  }
}

function New-ModuleSource([string] $Module) {
  $text = [System.Text.StringBuilder]::new()
  if ($Module -in (Get-Lack 'modules')) { return '' }
  $lacking = Get-Lack 'cmdlets' '' $Module
  foreach ($file in Get-DataFile "cmdlets/$Module") {
    $data = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($file)) -Depth 16 -AsHashtable
    foreach ($name in $data.cmdlets.Keys) {
      if ($name -in $lacking) { continue }
      $entry = $data.cmdlets[$name]
      Add-FunctionSource $text $name $entry $Module ($data['compiled'] -or $entry['compiled'])
    }
  }
  return $text.ToString()
}

function Add-FunctionSource([System.Text.StringBuilder] $Text, [string] $Name, $Entry, [string] $Module, [bool] $Compiled) {
  $lacking = Get-Lack 'parameters' $Name $Module
  $shape = $Entry
  if ($Entry['older'] -and $Entry.older.without -in $lacking) { $shape = $Entry.older }
  $asks = if ($Entry['asks']) { ' -Asks' } else { '' }
  $parameters = [ordered]@{}
  $sets = Read-ParameterSet $shape $Entry $lacking $parameters

  [void] $Text.Append("function $Name {`n  [CmdletBinding(PositionalBinding = `$false")
  if ($shape['default']) { [void] $Text.Append(", DefaultParameterSetName = '$($shape.default)'") }
  if ($shape.sets.Values -like '*-WhatIf*') { [void] $Text.Append(", SupportsShouldProcess, ConfirmImpact = 'Medium'") }
  [void] $Text.Append(")]`n  param(`n")
  $comma = '    '
  foreach ($parameter in $parameters.Keys) {
    [void] $Text.Append($comma)
    Add-ParameterSource $Text $parameter $parameters[$parameter] $Entry $sets
    $comma = ",`n    "
  }
  [void] $Text.Append("`n  )`n  process {`n")
  # A compiled cmdlet obeys its caller's preference; a function of a module does not see it.
  if ($Compiled) { [void] $Text.Append("    `$ErrorActionPreference = `$PSCmdlet.GetVariableValue('ErrorActionPreference', 'Continue')`n") }
  [void] $Text.Append("    Invoke-Double `$PSCmdlet `$PSBoundParameters `$ErrorActionPreference$asks`n  }`n}`n")
}

# Fills `Parameters` (name -> { type, sets: set -> attribute }) and gives the number of sets. A set goes
# with a parameter that it cannot do without.
function Read-ParameterSet($Shape, $Entry, [string[]] $Lacking, $Parameters) {
  $sets = 0
  foreach ($set in $Shape.sets.Keys) {
    $position = 0
    $found = [ordered]@{}
    $whole = $true
    foreach ($match in $ParameterPattern.Matches($Shape.sets[$set])) {
      $name = $match.Groups[2].Value
      $type = $match.Groups[4].Value
      $positional = $match.Groups[3].Length -gt 0 -and $type
      $open = $match.Groups[1].Length
      $mandatory = $open -eq 0 -or ($open -eq 1 -and $positional)
      $attribute = if ($mandatory) { ', Mandatory' } else { '' }
      if ($positional) { $attribute += ", Position = $position"; $position++ }
      if ($Lacking.Length -gt 0 -and $name -in $Lacking) {
        if ($mandatory) { $whole = $false }
        continue
      }
      $pipeline = if ($Entry['pipeline']) { $Entry.pipeline[$name] }
      if ($pipeline -is [System.Collections.IDictionary]) { $pipeline = $pipeline[$set] }
      if ($pipeline) { $attribute += $PipelineWords[$pipeline] }
      $found[$name] = $type, $attribute
    }
    if (-not $whole) { continue }
    $sets++
    foreach ($name in $found.Keys) {
      if ($name -eq 'WhatIf' -or $name -eq 'Confirm') { continue }
      if (-not $Parameters.Contains($name)) { $Parameters[$name] = @{ type = $found[$name][0]; sets = [ordered]@{} } }
      $Parameters[$name].sets[$set] = $found[$name][1]
    }
  }
  return $sets
}

function Add-ParameterSource([System.Text.StringBuilder] $Text, [string] $Name, $Parameter, $Entry, [int] $Sets) {
  $attributes = @($Parameter.sets.Values)
  $alike = $attributes.Length -eq $Sets -and $attributes.Where({ $_ -cne $attributes[0] }, 'First').Count -eq 0
  if ($alike) { if ($attributes[0]) { [void] $Text.Append("[Parameter($($attributes[0].Substring(2)))] ") } }
  else {
    foreach ($set in $Parameter.sets.Keys) {
      [void] $Text.Append("[Parameter(ParameterSetName = '$set'$($Parameter.sets[$set]))] ")
    }
  }
  if ($Entry['aliases'] -and $Entry.aliases[$Name]) { [void] $Text.Append("[Alias('$($Entry.aliases[$Name] -join "', '")')] ") }
  if ($Entry['values'] -and $Entry.values[$Name]) { [void] $Text.Append("[ValidateSet('$($Entry.values[$Name] -join "', '")')] ") }
  if ($Entry['range'] -and $Entry.range[$Name]) { [void] $Text.Append("[ValidateRange($($Entry.range[$Name] -join ', '))] ") }
  $type = $Parameter.type
  if ($type -and -not $NeverEmpty.ContainsKey($type) -and $Name -notin $Entry['empty']) { [void] $Text.Append('[ValidateNotNullOrEmpty()] ') }
  [void] $Text.Append("[$(Get-TypeText $type)] `${$Name}")
}

function Get-TypeText([string] $Type) {
  if (-not $Type) { return 'switch' }
  $plain = $Type.Replace('[]', '')
  if ($OwnTypes.ContainsKey($plain)) { return $OwnTypes[$plain] + $Type.Substring($plain.Length) }
  if (-not $TypesByName.ContainsKey($plain)) { throw "double: no type $plain in types/*.json" }
  return $TypesByName[$plain].FullName + $Type.Substring($plain.Length)
}
