# The account that the worker runs under: an administrator of this host that may run tasks, and the only one beside SYSTEM and the administrators that
# may look into the worker's folder.

$LocalName = 'ferry-worker'
# By this its maker is known again.
$LocalDescription = 'Made by install-worker.ps1 of Ferry'
$AdministratorsSid = 'S-1-5-32-544'
$SystemSid = 'S-1-5-18'
$PasswordBytes = 48

# The cmdlets for local accounts of PowerShell 7.2 to 7.4 fail (PowerShell issue 18624): those of Windows PowerShell do it.
function Import-LocalAccounts {
  if ($PSVersionTable.PSEdition -eq 'Core' -and $IsWindows) {
    Import-Module Microsoft.PowerShell.LocalAccounts -UseWindowsPowerShell -WarningAction SilentlyContinue
  }
}

function Get-Principal([string] $Account, [bool] $LocalAccount, $Installed) {
  if ($Account -and $LocalAccount) { throw 'Give -Account or -LocalAccount, not both.' }
  if ($Account -and $Account -notmatch '^[^\\]+\\[^\\]+\$$') {
    throw "$Account is no group-managed service account: those are written as 'CORP\ferry$'. Any other account has a password that the task would have to know."
  }
  $chosen = if ($Account) { $Account } elseif ($LocalAccount) { "$env:COMPUTERNAME\$LocalName" }
  if ($Installed -and $chosen -and $chosen -ne $Installed.account) {
    throw "The worker runs as $($Installed.account). Remove it first (.\install-worker.ps1 -Remove; its state stays), then install it with $chosen."
  }
  if ($Installed) { return [pscustomobject]@{ Account = $Installed.account; Kind = $Installed.kind } }
  if (-not $chosen) { throw "Say which account the worker runs under: -Account 'CORP\ferry$' in a domain, -LocalAccount without one." }
  return [pscustomobject]@{ Account = $chosen; Kind = $(if ($Account) { 'managed' } else { 'local' }) }
}

function Set-Account($Record) {
  Import-LocalAccounts
  if ($Record.kind -eq 'local' -and -not (Get-LocalUser -Name $LocalName -ErrorAction SilentlyContinue)) {
    Invoke-Change $Record.account 'make this local account, with a password that nobody knows' {
      $options = @{ Name = $LocalName; Password = New-Password; Description = $LocalDescription }
      [void] (New-LocalUser @options -AccountNeverExpires -PasswordNeverExpires -UserMayNotChangePassword)
    }
  }
  Invoke-Change $Record.account 'make this account an administrator of the host, unless it is one' {
    try {
      Add-LocalGroupMember -SID $AdministratorsSid -Member $Record.account
      $Record.madeMember = $true
    }
    catch {
      if ($_.FullyQualifiedErrorId -notlike 'MemberExists*') { throw }
    }
  }
  Grant-Batch $Record.account
}

# The task logs on without it, by S4U.
function New-Password {
  $bytes = New-Object byte[] $PasswordBytes
  $random = [Security.Cryptography.RandomNumberGenerator]::Create()
  try { $random.GetBytes($bytes) } finally { $random.Dispose() }
  $password = New-Object securestring
  # All four kinds of characters that a policy may want.
  foreach ($character in ('aA1!' + [Convert]::ToBase64String($bytes)).ToCharArray()) { $password.AppendChar($character) }
  $password.MakeReadOnly()
  return , $password
}

# "Log on as a batch job", which administrators have unless a policy took it from them.
function Grant-Batch([string] $Account) {
  $work = [IO.Path]::Combine([IO.Path]::GetTempPath(), "ferry-rights-$PID")
  [void] [IO.Directory]::CreateDirectory($work)
  try {
    $export = [IO.Path]::Combine($work, 'export.inf')
    Invoke-Program secedit.exe @('/export', '/cfg', $export, '/areas', 'USER_RIGHTS', '/quiet')
    $line = @([IO.File]::ReadAllLines($export) | Where-Object { $_ -match '^\s*SeBatchLogonRight\s*=' })
    $holders = @()
    if ($line.Count -gt 0) { $holders = @(($line[0] -split '=', 2)[1] -split ',' | ForEach-Object { $_.Trim() } | Where-Object { $_ }) }
    if ("*$AdministratorsSid" -in $holders -or $Account -in $holders) { return }
    Invoke-Change $Account 'give it the right to log on as a batch job' {
      $template = [IO.Path]::Combine($work, 'template.inf')
      $right = "SeBatchLogonRight = $((@($holders) + $Account) -join ',')"
      $lines = '[Unicode]', 'Unicode=yes', '[Version]', 'signature="$CHICAGO$"', 'Revision=1', '[Privilege Rights]', $right
      [IO.File]::WriteAllLines($template, $lines, [Text.Encoding]::Unicode)
      Invoke-Program secedit.exe @('/configure', '/db', [IO.Path]::Combine($work, 'rights.sdb'), '/cfg', $template, '/areas', 'USER_RIGHTS', '/quiet')
    }
  }
  finally { [IO.Directory]::Delete($work, $true) }
}

# The account reads the folder, and writes only where it must.
function Protect-Folder([string] $Folder, $Who, [string] $State) {
  Invoke-Change $Folder "let only administrators, SYSTEM and $($Who.Account) look into it" {
    [void] [IO.Directory]::CreateDirectory($Folder)
    Set-Access $Folder $Who.Account 'RX'
    $places = @('state', 'logs', 'run' | ForEach-Object { [IO.Path]::Combine($Folder, $_) })
    if ($State -notin $places) { $places += $State }
    foreach ($place in $places) {
      [void] [IO.Directory]::CreateDirectory($place)
      Set-Access $place $Who.Account 'M'
    }
  }
}

function Set-Access([string] $Path, [string] $Account, [string] $Right) {
  $grants = "*${SystemSid}:(OI)(CI)F", "*${AdministratorsSid}:(OI)(CI)F", "${Account}:(OI)(CI)$Right"
  Invoke-Program icacls.exe (@($Path, '/inheritance:r', '/grant:r') + $grants + '/Q')
}

function Remove-Account($Record) {
  Import-LocalAccounts
  if ($Record.kind -eq 'local') {
    $user = Get-LocalUser -Name $LocalName -ErrorAction SilentlyContinue
    # One that somebody else has made by this name stays.
    if ($user -and $user.Description -eq $LocalDescription) {
      Invoke-Change $Record.account 'delete this local account' { Remove-LocalUser -Name $LocalName }
    }
  }
  elseif ($Record.madeMember) {
    Invoke-Change $Record.account 'take it out of the administrators of the host' {
      Remove-LocalGroupMember -SID $AdministratorsSid -Member $Record.account
    }
  }
}
