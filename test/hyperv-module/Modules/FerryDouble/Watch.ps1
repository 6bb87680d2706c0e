# Whoever looks for what is lacking is told of, so that a test can see which lacks were met: a cmdlet that
# is called or looked for by Get-Command; a parameter that is looked for by
# `(Get-Command X).Parameters.ContainsKey('Y')`; a property that is read, or looked for by PSObject.Properties.

# The host that was asked by the last command.
$AskedLast = $env:FERRY_DOUBLE_HOST
# What Update-TypeData changes: not every pwsh of the tests has that command.
$EngineContext = $ExecutionContext.GetType().GetField('_context', $NonPublic).GetValue($ExecutionContext)
$TypeTable = $EngineContext.GetType().GetProperty('TypeTable', $NonPublic).GetValue($EngineContext)
$WatchedClasses = [System.Collections.Generic.HashSet[string]]::new()
# Each is told once: 'host lack'.
$MetAlready = [System.Collections.Generic.HashSet[string]]::new()

function Watch-Lack {
  $ExecutionContext.InvokeCommand.CommandNotFoundAction = {
    param($Name)
    if ($Name -in (Get-Lack 'cmdlets')) { Send-Met (Get-LackingHost $Name) $Name }
  }
  if ($WatchedClasses.Add('FunctionInfo')) {
    $type = [System.Management.Automation.Runspaces.TypeData]::new([System.Management.Automation.FunctionInfo])
    $type.Members.Add('Parameters', [System.Management.Automation.Runspaces.ScriptPropertyData]::new('Parameters', $ParametersOf))
    $TypeTable.AddType($type)
  }
  foreach ($lacking in Get-LackingClass) {
    # All classes of CIM are one type.
    $class = if ($TypesByName.ContainsKey($lacking)) { $lacking } else { 'CimInstance' }
    if (-not $WatchedClasses.Add($class)) { continue }
    $type = [System.Management.Automation.Runspaces.TypeData]::new($TypesByName[$class])
    $type.TypeAdapter = [LackWatch]
    $TypeTable.AddType($type)
  }
}

function Send-Met([string] $HostName, [string] $Lack) {
  if (-not $MetAlready.Add("$HostName $Lack")) { return }
  [void] (Send-Double POST '/met' (ConvertTo-AsciiJson @{ host = $HostName; lack = $Lack }))
}

# Of type data, so that it does not stand in this module: the property Parameters of a command.
$ParametersOf = { & (Get-Module -All -Name FerryDouble) { Get-WatchedParameter $args[0] } $this }

# The parameters of a command, which tell of questions for one that is lacking.
function Get-WatchedParameter($Command) {
  $parameters = $Command.PSBase.Parameters
  if ((Get-Lack 'parameters' $Command.Name $Command.ModuleName).Count -eq 0) { return $parameters }
  # PowerShell keeps them.
  if ($null -ne $parameters.PSObject.Members['WatchedCommand']) { return $parameters }
  Add-Member -InputObject $parameters -NotePropertyName WatchedCommand -NotePropertyValue $Command.Name
  Add-Member -InputObject $parameters -NotePropertyName WatchedModule -NotePropertyValue $Command.ModuleName
  Add-Member -InputObject $parameters -MemberType ScriptMethod -Name ContainsKey -Value $ContainsParameter -Force
  return $parameters
}

$ContainsParameter = {
  param($Name)
  $command = $this.WatchedCommand
  if ($Name -in (Get-Lack 'parameters' $command $this.WatchedModule)) { Send-Met $env:FERRY_DOUBLE_HOST "$command -$Name" }
  return $this.PSBase.ContainsKey($Name)
}

# PowerShell asks it for each property that an object of the double does not have.
class LackWatch : System.Management.Automation.PSPropertyAdapter {
  [System.Management.Automation.PSAdaptedProperty] GetProperty([object] $Of, [string] $Name) {
    Watch-Property $Of $Name
    return $null
  }
  [System.Collections.ObjectModel.Collection[System.Management.Automation.PSAdaptedProperty]] GetProperties([object] $Of) {
    return [System.Collections.ObjectModel.Collection[System.Management.Automation.PSAdaptedProperty]]::new()
  }
  [bool] IsGettable([System.Management.Automation.PSAdaptedProperty] $Property) { return $false }
  [bool] IsSettable([System.Management.Automation.PSAdaptedProperty] $Property) { return $false }
  [object] GetPropertyValue([System.Management.Automation.PSAdaptedProperty] $Property) { return $null }
  [void] SetPropertyValue([System.Management.Automation.PSAdaptedProperty] $Property, [object] $Value) { }
  [string] GetPropertyTypeName([System.Management.Automation.PSAdaptedProperty] $Property) { return 'System.Object' }
}

function Watch-Property($Of, [string] $Name) {
  $wire = $WireField.GetValue($Of)
  if ($null -eq $wire -or $Name -notin (Get-Lack 'properties' $wire.class)) { return }
  $computer = Get-Field $wire 'computer'
  Send-Met $(if ($computer) { $computer } else { $env:FERRY_DOUBLE_HOST }) "$($wire.class).$Name"
}
