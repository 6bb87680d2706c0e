# A function of the Hyper-V doubles that is not of Hyper-V: on Linux no \\host\share can be looked at. Whether such a path is there is asked from
# the simulator; every other path goes to the real Test-Path.
function Test-Path {
  [CmdletBinding(DefaultParameterSetName = 'Path')]
  param(
    [Parameter(ParameterSetName = 'Path', Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
    [AllowNull()] [AllowEmptyCollection()] [AllowEmptyString()] [string[]] $Path,
    [Parameter(ParameterSetName = 'LiteralPath', Mandatory, ValueFromPipelineByPropertyName)]
    [Alias('PSPath', 'LP')] [AllowNull()] [AllowEmptyCollection()] [AllowEmptyString()] [string[]] $LiteralPath,
    [ValidateSet('Any', 'Container', 'Leaf')] [string] $PathType,
    [switch] $IsValid
  )
  process {
    $ErrorActionPreference = $PSCmdlet.GetVariableValue('ErrorActionPreference', 'Continue')
    $given = if ($PSBoundParameters.ContainsKey('Path')) { $Path } else { $LiteralPath }
    if (@($given).Where({ "$_".StartsWith('\\') }).Count -gt 0 -and -not $IsValid) {
      return Invoke-Double $PSCmdlet $PSBoundParameters $ErrorActionPreference
    }
    Microsoft.PowerShell.Management\Test-Path @PSBoundParameters
  }
}
