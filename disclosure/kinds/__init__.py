"""Kinds of notices 公示种类: what each is, how long it hangs, what a county chooses and adds."""
